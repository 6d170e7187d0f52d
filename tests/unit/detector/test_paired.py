"""McNemar's test, and which of two versions is better on the same rows."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_gitops.detector.paired import compare_former, mcnemar_p, paired_metric
from tests.oracle import naive_statistics as naive


@pytest.mark.parametrize("pair", [(0, 0), (0, 1), (0, 5), (5, 0), (3, 8), (10, 10), (12, 45), (200, 260)])
def test_exact_equals_the_sum_over_splits(pair):
    expected = naive.mcnemar(*pair)
    assert mcnemar_p(*pair, mid_p=False) == pytest.approx(expected, rel=1e-9)
    assert mcnemar_p(*pair) <= expected + 1e-12


def test_mid_p_takes_half_of_the_point_off_each_tail():
    # Fagerland, Lydersen and Laake 2013, airway hyper-responsiveness: 1 against 7 discordant pairs.
    assert mcnemar_p(1, 7, mid_p=False) == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar_p(1, 7) == pytest.approx(0.0391, abs=5e-5)
    assert mcnemar_p(10, 10) == pytest.approx(1.0 - 0.5 * 184756 / 2**20)


def test_many_rows_take_no_time_and_keep_their_meaning():
    assert mcnemar_p(500_000, 500_000) == pytest.approx(1.0, abs=1e-3)
    assert mcnemar_p(499_000, 501_000) == pytest.approx(0.0455, abs=2e-4)  # two standard errors
    assert mcnemar_p(1_000, 999_000) == 0.0


def test_level_and_power():
    random = np.random.default_rng(6)
    alarms = found = 0
    for _ in range(1_500):
        positives = 420
        current = random.random(positives) < 0.85
        # The former version agrees on most rows.
        same, better = random.random((2, positives))
        equal = np.where(same < 0.10, random.random(positives) < 0.85, current)
        stronger = np.where(same < 0.15, better < 0.97, current)
        alarms += mcnemar_p(int((current & ~equal).sum()), int((equal & ~current).sum())) < 0.05
        found += mcnemar_p(int((current & ~stronger).sum()), int((stronger & ~current).sum())) < 0.05
    assert alarms / 1_500 <= 0.065
    assert found / 1_500 > 0.5


def decisions():
    labels = np.repeat([1, 0], [100, 900])
    current, former = labels.copy(), labels.copy()
    current[:30] = 0  # misses 30 frauds
    former[20:30] = 0  # misses ten of those
    former[950:960] = 1  # and calls ten more
    return labels, current, former


@pytest.mark.parametrize(
    ("metric", "current", "former", "better"),
    [("recall", 0.70, 0.90, True), ("false_positive_rate", 0.0, 10 / 900, False), ("accuracy", 0.97, 0.98, False)],
)
def test_compares_on_the_rows_of_the_metric(metric, current, former, better):
    found = compare_former(metric, *decisions(), former_version=3, significance=0.05)
    assert (found.version, found.metric, found.former_is_better) == (3, metric, better)
    assert (found.current, found.former) == pytest.approx((current, former))
    assert type(found.former_is_better) is bool


def test_there_may_be_nothing_to_compare():
    assert compare_former("recall", np.zeros(5), np.zeros(5), np.ones(5), former_version=1, significance=0.05) is None


@pytest.mark.parametrize(
    ("worse", "metric"),
    [
        ([], "recall"),
        (["recall", "f1_score", "false_positive_rate"], "recall"),
        (["false_positive_rate"], "false_positive_rate"),
        (["precision", "false_positive_rate"], "false_positive_rate"),
        (["f1_score", "precision"], "accuracy"),
        (["accuracy"], "accuracy"),
    ],
)
def test_the_metric_to_compare_by(worse, metric):
    assert paired_metric(worse) == metric
