"""Every tail probability and interval against scipy or an exact rational sum."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from scipy import stats

from mlops_gitops.detector.distributions import (
    binomial_at_most,
    binomial_probability,
    chi_square_survival,
    kolmogorov_survival,
    normal_two_sided,
    wilson_interval,
)
from tests.oracle import naive_statistics as naive


@pytest.mark.parametrize("z", [0.0, 0.5, -1.96, 4.0, 12.0, -30.0])
def test_normal(z):
    assert normal_two_sided(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(30, 30), (50, 2000), (1000, 1000), (100_000, 500), (10**5, 10**5)])
def test_kolmogorov_is_within_three_percent(n, m):
    effective = n * m / (n + m)
    for t in (0.25, 0.4, 0.6, 0.9, 1.1, 1.17, 1.19, 1.36, 1.63, 2.0):
        distance = t / math.sqrt(effective)
        expected = stats.kstwo.sf(distance, round(effective))
        assert kolmogorov_survival(distance, n, m) == pytest.approx(expected, rel=0.03, abs=1e-4)


def test_kolmogorov_at_its_ends():
    assert kolmogorov_survival(0.0, 100, 100) == 1.0
    assert kolmogorov_survival(1.0, 10**6, 10**6) == 0.0
    assert kolmogorov_survival(1.0, 0, 100) == 1.0
    tails = [kolmogorov_survival(d / 1000, 400, 400) for d in range(400)]
    assert tails == sorted(tails, reverse=True)


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 10, 29, 30, 199, 1500])
def test_chi_square(degrees):
    for factor in (0.0, 0.01, 0.3, 0.9, 1.0, 1.1, 2.0, 5.0):
        statistic = degrees * factor
        expected = stats.chi2.sf(statistic, degrees)
        assert chi_square_survival(statistic, degrees) == pytest.approx(expected, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize(("trials", "share"), [(1, "1/2"), (30, "1/2"), (57, "17/20"), (200, "1/100"), (200, "99/100")])
def test_binomial_equals_the_exact_sum(trials, share):
    for successes in range(-1, trials + 1):
        expected = naive.binomial_at_most(successes, trials, Fraction(share))
        assert binomial_at_most(successes, trials, float(Fraction(share))) == pytest.approx(expected, rel=1e-9)


def test_binomial_of_many_trials():
    for successes in (840_000, 849_000, 850_000, 851_500):
        expected = stats.binom.cdf(successes, 10**6, 0.85)
        assert binomial_at_most(successes, 10**6, 0.85) == pytest.approx(expected, rel=1e-6)
    assert binomial_at_most(0, 10**6, 0.85) == 0.0


def test_binomial_at_its_ends():
    assert binomial_at_most(3, 10, 0.0) == 1.0
    assert binomial_at_most(9, 10, 1.0) == 0.0
    assert binomial_at_most(10, 10, 1.0) == 1.0
    assert binomial_probability(0, 5, 0.0) == 1.0
    assert binomial_probability(5, 5, 1.0) == 1.0
    assert binomial_probability(4, 5, 1.0) == 0.0


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 30), (30, 30), (7, 30), (850, 1000), (1, 10**6)])
def test_wilson(successes, trials):
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_knows_nothing_without_trials():
    assert wilson_interval(0, 0) == (0.0, 1.0)
