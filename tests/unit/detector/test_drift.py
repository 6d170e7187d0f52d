"""Drift of columns: what must be reported, what must stay quiet, and how often either goes wrong."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.detector.baseline import build_baseline
from mlops_gitops.detector.drift import compare, find_drift
from mlops_gitops.detector.references import CategoryReference, NumericReference
from mlops_gitops.spec.monitoring import DriftDetection
from tests.oracle import naive_statistics as naive

RULES = DriftDetection()


def normal(rows, shift=0.0, seed=1):
    return np.random.default_rng(seed).normal(shift, 1.0, rows)


def one(reference, current, rules=RULES, level=0.05):
    """Judge a single column, the score left out."""
    values = list(reference)
    kind = "category" if any(isinstance(value, str) for value in values) else "float"
    labels = np.zeros(len(values))
    baseline = build_baseline({"x": values}, {"x": kind}, labels, labels, 0.5)
    (column,) = find_drift(baseline, {"x": current}, None, rules, level)
    return column


def test_a_shifted_column_drifted():
    column = one(normal(20_000), normal(5_000, 0.6, seed=2))
    assert (column.drifted, column.kind, column.effect) == (True, "number", "medium")
    assert column.statistic == pytest.approx(0.236, abs=0.02)  # 2Φ(0.3) − 1
    assert column.psi == pytest.approx(0.36, abs=0.08)


def test_a_significant_but_tiny_shift_did_not_drift():
    column = one(normal(100_000), normal(100_000, 0.03, seed=2))
    assert column.p_value < 0.001
    assert (column.drifted, column.effect) == (False, "none")


def test_a_large_effect_by_chance_did_not_drift():
    column = one(normal(60), normal(35, 0.0, seed=6))
    assert column.statistic > RULES.min_effect
    assert column.p_value > 0.05
    assert not column.drifted


def test_statistic_is_the_exact_distance_with_missing_as_a_value():
    reference, current = normal(80).tolist(), [*normal(50, 0.3, seed=3).tolist(), *[None] * 30]
    assert one(reference, current).statistic == pytest.approx(naive.ks_distance(reference, current), abs=1e-12)


@pytest.mark.parametrize("reference", [list(normal(500)), ["a", "b"] * 250], ids=["number", "category"])
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_a_column_that_goes_missing_drifted(reference, share):
    gone = int(len(reference) * share)
    column = one(reference, [*[None] * gone, *reference[gone:]])
    assert column.drifted
    if isinstance(reference[0], float):
        assert column.statistic >= share - 1e-9


def test_a_column_that_was_always_missing_is_quiet_until_it_is_filled():
    assert not one([None] * 200, [None] * 300).drifted
    filled = one([None] * 200, list(normal(300)))
    assert (filled.drifted, filled.statistic, filled.effect) == (True, 1.0, "large")


@pytest.mark.parametrize("value", [0.0, np.inf, -np.inf, 1e308])
def test_constants(value):
    assert not one([value] * 200, [value] * 50).drifted
    moved = one([value] * 200, [1.5] * 50)
    assert (moved.drifted, moved.statistic) == (True, 1.0)
    assert moved.psi > 1.0


def test_out_of_range_values_count_in_psi():
    reference = np.random.default_rng(1).random(5_000)
    current = np.where(np.random.default_rng(2).random(2_000) < 0.08, -5.0, np.random.default_rng(3).random(2_000))
    column = one(reference, current)
    assert column.statistic < RULES.min_effect
    assert column.psi > 0.2
    assert column.drifted


def test_a_new_level_drifted():
    column = one(["DE"] * 900 + ["FR"] * 100, ["DE"] * 200 + ["US"] * 40)
    assert (column.kind, column.drifted) == ("category", True)
    assert 0.0 < column.statistic < 1.0


def test_other_levels_altogether():
    column = one(["a"] * 500, ["b"] * 500)
    assert (column.statistic, column.effect, column.p_value) == (1.0, "large", pytest.approx(0.0))


def test_one_row_is_enough_to_ask_and_never_enough_to_say():
    assert not one(list(normal(500)), [99.0]).drifted
    assert not one(["a"] * 500, ["b"]).drifted


def test_inputs_of_any_type_agree():
    reference = NumericReference.of("x", np.random.default_rng(1).integers(0, 1000, 3_000))
    current = np.random.default_rng(2).integers(100, 1100, 400)
    frozen = current.astype(np.float64)
    frozen.setflags(write=False)
    expected = compare("x", reference, frozen)
    for form in (
        current,
        current.astype(np.float32),
        current.tolist(),
        pd.Series(current),
        pd.Series(current, dtype="Int64"),
    ):
        assert compare("x", reference, form) == expected


def test_thinning_hardly_moves_the_statistics():
    rows, current = normal(50_000), normal(2_000, 0.3, seed=2)
    full, thin = NumericReference.of("x", rows), NumericReference.of("x", rows, max_kept=2_000)
    whole, thinned = compare("x", full, current), compare("x", thin, current)
    assert thinned.statistic == pytest.approx(whole.statistic, abs=0.5 / 2_000 + 1e-9)
    assert thinned.psi == pytest.approx(whole.psi, abs=0.01)


def test_psi_of_tenths_equals_the_definition():
    reference, current = np.sort(normal(1_000)), normal(300, 0.5, seed=2)
    shift = compare("x", NumericReference.of("x", reference), current)
    edges = [reference[0] - 1e-9, *reference[99::100]]
    bins = [
        [
            float(np.sum((side > low) & (side <= high)))
            for low, high in zip([-np.inf, *edges], [*edges, np.inf], strict=True)
        ]
        for side in (reference, current)
    ]
    assert shift.psi == pytest.approx(naive.psi(*bins, 0.5))


def test_few_distinct_numbers_are_tested_as_a_table():
    """KS loses most of its power on ties: a flag that is set in 2 % and then in 10 % of 150 rows."""
    reference = NumericReference.of("x", [0] * 9_800 + [1] * 200)
    assert compare("x", reference, [0] * 135 + [1] * 15).p_value < 1e-4
    continuous = NumericReference.of("x", [0.0] * 9_800 + list(np.linspace(0.5, 1.5, 200)))
    assert compare("x", continuous, [0] * 135 + [1] * 15).p_value > 0.1


def test_the_score_is_one_more_column():
    baseline = build_baseline({"x": normal(2_000)}, {"x": "float"}, np.linspace(0, 1, 2_000), np.arange(2_000) % 2, 0.5)
    x, score = find_drift(baseline, {"x": normal(500, seed=4)}, np.full(500, 0.1), RULES, 0.05)
    assert (x.name, x.drifted) == ("x", False)
    assert (score.name, score.kind, score.drifted) == ("score", "score", True)


def test_results_are_plain_values():
    column = one(normal(300), normal(300, 2.0, seed=2))
    json.dumps([column.statistic, column.psi, column.p_value, column.drifted, column.effect], allow_nan=False)
    assert type(column.drifted) is bool


def test_a_column_that_is_not_given_or_not_numeric_is_an_error():
    baseline = build_baseline({"x": [1.0, 2.0]}, {"x": "float"}, [0, 1], [0, 1], 0.5)
    with pytest.raises(KeyError):
        find_drift(baseline, {}, None, RULES, 0.05)
    with pytest.raises(ValueError, match="column x is not numeric"):
        find_drift(baseline, {"x": ["one"]}, None, RULES, 0.05)


# Thirty columns of all kinds; quiet rounds must stay quiet, whatever the effect limits say.
COLUMNS = {
    **{f"n{i}": (lambda random, rows: random.normal(size=rows)) for i in range(12)},
    **{f"i{i}": (lambda random, rows: random.poisson(2.0, rows)) for i in range(6)},
    **{
        f"m{i}": (lambda random, rows: np.where(random.random(rows) < 0.2, np.nan, random.random(rows)))
        for i in range(4)
    },
    **{
        f"c{i}": (lambda random, rows: np.array(list("abcdefgh"), dtype=object)[random.binomial(7, 0.3, rows)])
        for i in range(8)
    },
}


def alarms(rounds, rows, shift, rules, **options):
    """In how many rounds anything is called drifted, and in how many ``n0`` is, shifted by ``shift``."""
    random = np.random.default_rng(11)
    kinds = {name: "category" if name.startswith("c") else "float" for name in COLUMNS}
    labels = np.zeros(8_000)
    baseline = build_baseline({name: make(random, 8_000) for name, make in COLUMNS.items()}, kinds, labels, labels, 0.5)
    quiet = found = 0
    for _ in range(rounds):
        batch = {name: make(random, rows) for name, make in COLUMNS.items()}
        batch["n0"] = batch["n0"] + shift
        drifted = {
            column.name for column in find_drift(baseline, batch, None, rules, 0.05, **options) if column.drifted
        }
        quiet += bool(drifted - {"n0"})
        found += "n0" in drifted
    return quiet / rounds, found / rounds


def test_false_alarms_of_thirty_columns():
    """Without a limit on the effect, the correction alone must hold the share of rounds with an alarm near 5 %."""
    significance_alone = DriftDetection(min_effect=0.0)
    quiet, first = alarms(200, 400, 0.0, significance_alone)
    assert quiet + first <= 0.10  # 5 % + 3.2 standard errors of 200 rounds
    dependent, first = alarms(200, 400, 0.0, significance_alone, dependent=True)
    assert dependent + first <= 0.05


def test_false_alarms_and_power_as_configured():
    quiet, found = alarms(60, 400, 0.5, RULES)
    assert quiet <= 0.05
    assert found == 1.0


def test_effect_words_follow_the_shift():
    words = [one(normal(20_000), normal(20_000, shift, seed=2)).effect for shift in (0.0, 0.35, 0.65, 1.0)]
    assert words == ["none", "small", "medium", "large"]


def test_categories_are_compared_by_level_text():
    reference = CategoryReference.of("c", ["1", "2"] * 50)
    assert compare("c", reference, [1, 2.0, 1, 2] * 20).statistic == pytest.approx(0.0)
