"""Tests and intervals of metrics: against published values and simulation, false alarms and power included."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlops_gitops.detector.confusion import SHARES, Confusion, Share
from mlops_gitops.detector.regression import (
    broken_gates,
    change_interval,
    compare_metrics,
    two_proportion_p,
    worsening,
)
from mlops_gitops.spec.monitoring import RegressionDetection
from tests.oracle import naive_statistics as naive

RULES = RegressionDetection(performance_threshold=0.03)
ALL = tuple(SHARES)


def changes(baseline, current, rules=RULES, names=ALL):
    found, _ = compare_metrics(baseline, current, names, rules)
    return {change.name: change for change in found}


@pytest.mark.parametrize(("before", "now"), [((90, 100), (80, 100)), ((900, 1000), (60, 70)), ((1, 5000), (9, 4000))])
def test_two_proportions_equal_the_chi_square_of_the_table(before, now):
    counts = [[before[0], before[1] - before[0]], [now[0], now[1] - now[0]]]
    expected = stats.chi2_contingency(counts, correction=False).pvalue
    assert two_proportion_p(Share(*before), Share(*now)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("value", [0, 50])
def test_two_proportions_that_all_agree(value):
    assert two_proportion_p(Share(value, 50), Share(value, 50)) == 1.0


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe 1998, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_interval_equals_newcombes_table(first, second, low, high):
    assert change_interval("recall", Share(*second), Share(*first)) == pytest.approx((low, high), abs=5e-5)


def test_f1_interval_agrees_with_the_bootstrap():
    """One-sided here: a baseline so large that only the current rows vary."""
    tp, wrong, rest = 180, 25, 295
    low, high = change_interval("f1_score", Share(880_000, 1_000_000), Share(tp, tp + wrong))
    fixed = 2 * 880_000 / (2 * 880_000 + 120_000)
    boot_low, boot_high = naive.f1_bootstrap_interval(tp, wrong, rest, rounds=800, seed=1)
    assert low + fixed == pytest.approx(boot_low, abs=0.008)
    assert high + fixed == pytest.approx(boot_high, abs=0.008)


def draw(random, rows, prevalence, recall, false_positive_rate):
    positives = random.binomial(rows, prevalence)
    tp = random.binomial(positives, recall)
    fp = random.binomial(rows - positives, false_positive_rate)
    return Confusion(tp, fp, rows - positives - fp, positives - tp)


def test_intervals_cover_in_95_of_100():
    random = np.random.default_rng(2)
    ideal = {"recall": -0.10, "f1_score": 2 * 16_000 / (32_000 + 4_000 + 800) - 2 * 18_000 / (36_000 + 2_000 + 800)}
    covered = dict.fromkeys(ideal, 0)
    rounds = 1_000
    for _ in range(rounds):
        before = draw(random, 12_000, 0.02, 0.90, 800 / 980_000)
        now = draw(random, 8_000, 0.02, 0.80, 800 / 980_000)
        for name in covered:
            low, high = change_interval(name, SHARES[name](before), SHARES[name](now))
            covered[name] += low <= ideal[name] <= high
    assert all(0.93 <= count / rounds <= 0.975 for count in covered.values()), covered


def test_false_alarms_and_power():
    """No change: hardly any metric is called significant in any round. Recall 0.92 to 0.80 on 400 frauds: found."""
    random = np.random.default_rng(3)
    rounds, alarmed, found, rose = 1_500, 0, 0, 0
    for _ in range(rounds):
        before = draw(random, 60_000, 0.01, 0.92, 0.0005)
        quiet = changes(before, draw(random, 30_000, 0.01, 0.92, 0.0005))
        alarmed += any(change.significant for change in quiet.values())
        found += changes(before, draw(random, 30_000, 0.014, 0.80, 0.0005))["recall"].regressed
        rose += changes(before, draw(random, 30_000, 0.014, 0.97, 0.0005))["recall"].regressed
    assert alarmed / rounds <= 0.05
    assert found / rounds >= 0.98
    assert rose == 0


@pytest.mark.parametrize(("name", "trials"), [("accuracy", 200), ("recall", 40), ("f1_score", 40)])
def test_a_single_test_keeps_its_level(name, trials):
    """The z test of each share alone, near the edge where it is least exact."""
    random = np.random.default_rng(4)
    draws = random.binomial(trials, 0.93, size=(4_000, 2))
    alarms = np.mean([two_proportion_p(Share(a, trials), Share(b, trials)) < 0.05 for a, b in draws.tolist()])
    assert alarms <= 0.065


def test_a_fall_beyond_the_threshold_regressed():
    change = changes(Confusion(910, 90, 98_910, 90), Confusion(336, 40, 39_560, 64))["recall"]
    assert change.baseline == pytest.approx(0.91)
    assert change.current == pytest.approx(0.84)
    assert change.absolute == pytest.approx(-0.07)
    assert change.relative == pytest.approx(-0.07 / 0.91)
    assert change.low < -0.07 < change.high < 0
    assert (change.exceeds_threshold, change.significant, change.regressed) == (True, True, True)
    assert (change.baseline_samples, change.current_samples, change.threshold) == (1000, 400, 0.03)
    assert worsening(change) == pytest.approx(0.07 / 0.91)


def test_direction_is_the_metrics_own():
    base = Confusion(900, 100, 98_900, 100)
    worse = changes(base, Confusion(900, 400, 98_600, 100))["false_positive_rate"]
    better = changes(base, Confusion(900, 10, 98_990, 100))["false_positive_rate"]
    assert worse.regressed
    assert worsening(worse) > 0
    assert better.significant
    assert not better.exceeds_threshold
    assert not better.regressed
    risen = changes(base, Confusion(990, 100, 98_900, 10))["recall"]
    assert risen.significant
    assert not risen.regressed


def test_a_significant_change_within_the_threshold_is_no_regression():
    change = changes(Confusion(0, 9_000, 991_000, 0), Confusion(0, 9_900, 990_100, 0))["accuracy"]
    assert change.significant
    assert not change.exceeds_threshold


def test_a_baseline_of_zero_takes_the_threshold_as_it_stands():
    base = Confusion(100, 0, 9_900, 0)
    little = changes(base, Confusion(100, 100, 9_800, 0))["false_positive_rate"]
    much = changes(base, Confusion(100, 500, 9_400, 0))["false_positive_rate"]
    assert little.relative is None
    assert (little.significant, little.exceeds_threshold, little.regressed) == (True, False, False)
    assert much.regressed
    assert worsening(much) == pytest.approx(500 / 9_900)


def test_too_few_rows_are_named_and_not_judged():
    found, few = compare_metrics(Confusion(900, 10, 9_000, 90), Confusion(12, 0, 4_000, 3), ALL, RULES)
    assert {change.name for change in found} == {"accuracy", "false_positive_rate"}
    assert {(row.name, row.current_samples) for row in few} == {("precision", 12), ("recall", 15), ("f1_score", 15)}


def test_a_model_that_says_nothing_any_more_regressed():
    found = changes(Confusion(900, 50, 98_950, 100), Confusion(0, 0, 39_600, 400))
    assert "precision" not in found
    assert found["recall"].regressed
    assert found["recall"].current == 0.0
    assert found["f1_score"].regressed


def test_correction_is_over_the_metrics_that_are_judged():
    base, current = Confusion(900, 50, 98_950, 100), Confusion(340, 22, 39_578, 60)
    alone = changes(base, current, names=("recall",))["recall"].p_value
    together = changes(base, current, names=("recall", "false_positive_rate"))["recall"].p_value
    assert together == pytest.approx(2 * alone)


def test_gates_break_only_significantly_and_in_their_direction():
    thresholds = {"recall": 0.85, "false_positive_rate": 0.01, "precision": 0.90}
    fine = Confusion(900, 50, 98_950, 100)
    assert broken_gates(fine, thresholds, RULES) == ()
    (missed,) = broken_gates(Confusion(84, 2, 9_898, 16), thresholds, RULES)
    assert (missed.name, missed.significant) == ("recall", False)
    (broken,) = broken_gates(Confusion(700, 50, 98_950, 300), thresholds, RULES)
    assert (broken.name, broken.significant, broken.limit) == ("recall", True, 0.85)
    leaky = {gate.name: gate for gate in broken_gates(Confusion(950, 3_000, 96_000, 50), thresholds, RULES)}
    assert leaky["false_positive_rate"].significant
    assert leaky["precision"].significant


def test_gate_p_is_the_exact_binomial_tail():
    (gate,) = broken_gates(Confusion(70, 0, 0, 30), {"recall": 0.8}, RULES)
    assert gate.p_value == pytest.approx(stats.binom.cdf(70, 100, 0.8))
    (gate,) = broken_gates(Confusion(0, 9, 291, 0), {"false_positive_rate": 0.01}, RULES)
    assert gate.p_value == pytest.approx(stats.binom.sf(8, 300, 0.01))


def test_an_f1_gate_is_the_share_gate_behind_it():
    counts = Confusion(80, 15, 900, 15)
    (gate,) = broken_gates(counts, {"f1_score": 0.92}, RULES)
    assert gate.measured == pytest.approx(counts.metrics["f1_score"])
    assert gate.p_value == pytest.approx(stats.binom.cdf(80, 110, 0.92 / 1.08))


def test_a_gate_that_is_just_met_breaks_in_five_of_a_hundred_rounds_at_most():
    random = np.random.default_rng(5)
    broken = [
        bool([g for g in broken_gates(Confusion(k, 0, 0, 400 - k), {"recall": 0.85}, RULES) if g.significant])
        for k in random.binomial(400, 0.85, 3_000).tolist()
    ]
    assert 0.02 <= np.mean(broken) <= 0.05
