"""Chi-square, Cramér's V and PSI of count tables against the definitions and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, chi2_contingency
from scipy.stats.contingency import association

from mlops_gitops.detector.tables import LEAST_EXPECTED, SMOOTHING, CountTable
from tests.oracle import naive_statistics as naive


def table(baseline, current):
    return CountTable(np.array(baseline, dtype=float), np.array(current, dtype=float))


TABLES = [
    ([50, 30, 20], [40, 40, 20]),
    ([1000, 50, 0], [90, 0, 160]),
    ([0, 70], [70, 0]),
    ([400, 300, 200, 100], [41, 29, 21, 9]),
    ([10, 0, 10], [10, 0, 10]),
]


@pytest.mark.parametrize(("baseline", "current"), TABLES)
def test_homogeneity(baseline, current):
    filled = [(a, b) for a, b in zip(baseline, current, strict=True) if a + b]
    expected = chi2_contingency(np.array(filled).T, correction=False)
    assert naive.chi_square(baseline, current) == pytest.approx(expected.statistic)
    assert table(baseline, current).homogeneity_p() == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("baseline", "current"), TABLES)
def test_psi(baseline, current):
    assert table(baseline, current).psi() == pytest.approx(naive.psi(baseline, current, SMOOTHING))
    assert math.isfinite(table(baseline, current).psi())


def test_cramers_v_is_scipys_at_equal_sizes():
    baseline, current = [50, 30, 20], [20, 45, 35]
    expected = association(np.array([baseline, current]), method="cramer")
    assert table(baseline, current).cramers_v() == pytest.approx(expected)


def test_cramers_v_does_not_depend_on_the_batch_size():
    small = table([5000, 3000, 2000], [20, 45, 35])
    assert small.cramers_v() == pytest.approx(table([50, 30, 20], [20, 45, 35]).cramers_v())
    assert table([70, 0], [0, 7]).cramers_v() == pytest.approx(1.0)
    assert table([70, 30], [7, 3]).cramers_v() == pytest.approx(0.0)


def test_rare_cells_are_pooled_until_each_is_expected_often_enough():
    many = table([1000, *[3] * 20], [990, *[4] * 20])
    pooled = many.pooled()
    assert pooled.cells == 2
    assert pooled.baseline.sum() == many.baseline.sum()
    assert pooled.current.sum() == many.current.sum()


def test_a_rare_pool_gets_an_exact_test():
    # 2 % set in the baseline, 10 % of 150 rows now: only 3 were expected, too few for chi-square.
    rare = table([9_800, 200], [135, 15])
    assert list(rare.rare) == [False, True]
    exact = binomtest(15, 215, 150 / 10_150, alternative="greater").pvalue
    assert rare.homogeneity_p() == pytest.approx(2 * exact)
    assert table([9_800, 200], [147, 3]).homogeneity_p() > 0.5
    # With several common cells, the smaller of the two p-values counts double.
    assert table([5_000, 4_800, 200], [70, 65, 15]).homogeneity_p() == pytest.approx(4 * exact)


@pytest.mark.parametrize("share", [0.001, 0.004, 0.01, 0.03])
def test_rare_pools_keep_their_level(share):
    random = np.random.default_rng(8)
    shares = [0.5, 0.5 - share, share]
    p = np.array(
        [
            table(random.multinomial(8_000, shares), random.multinomial(200, shares)).homogeneity_p()
            for _ in range(2_000)
        ]
    )
    assert (p < 0.05).mean() < 0.065
    assert (p < 0.005).mean() < 0.0105  # small p-values matter after correction


def test_a_new_level_with_many_rows_is_not_rare():
    pooled = table([1000, 0], [900, 100]).pooled()
    assert list(pooled.current) == [900.0, 100.0, 0.0]  # the pool is empty
    assert pooled.homogeneity_p() < 1e-20


@pytest.mark.parametrize(("baseline", "current"), [([3, 2], [2, 3]), ([7], [9]), ([1], [1])])
def test_too_little_of_everything_says_nothing(baseline, current):
    assert table(baseline, current).pooled().homogeneity_p() == 1.0


def test_chance_alone_gives_the_stated_psi_on_average():
    random = np.random.default_rng(3)
    shares = np.full(10, 0.1)
    drawn = [table(random.multinomial(2000, shares), random.multinomial(300, shares)) for _ in range(2000)]
    mean = np.mean([one.psi() for one in drawn])
    assert mean == pytest.approx(drawn[0].psi_without_change(), rel=0.06)
    assert drawn[0].psi_without_change() == pytest.approx(9 * (1 / 2000 + 1 / 300))


def test_pooling_keeps_the_chi_square_calibrated():
    random = np.random.default_rng(5)
    shares = 1.0 / np.arange(1, 61) ** 1.3
    shares /= shares.sum()
    alarms = [
        table(random.multinomial(3000, shares), random.multinomial(400, shares)).pooled().homogeneity_p() < 0.05
        for _ in range(2000)
    ]
    assert 0.035 < np.mean(alarms) < 0.065
    assert LEAST_EXPECTED == 5.0
