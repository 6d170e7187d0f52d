"""Tail probabilities and intervals of the few distributions that the tests need, without importing scipy.

``scipy.stats`` takes longer to import than a whole report takes to compute.  Each function is checked against it in
the tests.
"""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: half-width of a 95 % interval in standard errors."""


def normal_two_sided(z: float) -> float:
    """Return P(\\|Z\\| ≥ \\|z\\|) of a standard normal Z."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def kolmogorov_survival(distance: float, n: int, m: int) -> float:
    """Return the p-value of a two-sample KS distance with ``n`` and ``m`` rows, within 3 % from 30 rows on.

    The limit distribution with Stephens' correction for finite samples (Stephens 1970, J. R. Stat. Soc. B 32).  Ties
    make it too large, never too small.  Without rows on either side nothing is known: 1.
    """
    if n == 0 or m == 0:
        return 1.0
    root = math.sqrt(n * m / (n + m))
    t = (root + 0.12 + 0.11 / root) * distance
    if t < 0.2:
        return 1.0
    if t < 1.18:
        # The alternating series converges slowly near zero; this is its theta-function twin.
        y = math.exp(-(math.pi**2) / (8.0 * t * t))
        return max(0.0, 1.0 - math.sqrt(2.0 * math.pi) / t * (y + y**9 + y**25 + y**49))
    return min(1.0, 2.0 * sum((-1.0) ** (j - 1) * math.exp(-2.0 * (j * t) ** 2) for j in range(1, 12)))


def chi_square_survival(statistic: float, degrees: int) -> float:
    """Return P(X ≥ ``statistic``) of a chi-square X with ``degrees`` ≥ 1 degrees of freedom.

    The closed forms for whole degrees (Abramowitz and Stegun 26.4.4 and 26.4.5), summed in logarithms so that neither
    factor overflows.
    """
    half = statistic / 2.0
    if half <= 0.0:
        return 1.0
    if degrees % 2:
        terms = [_poisson_term(half, i + 0.5) for i in range(degrees // 2)]
        return min(1.0, math.fsum([math.erfc(math.sqrt(half)), *terms]))
    return min(1.0, math.fsum(_poisson_term(half, float(i)) for i in range(degrees // 2)))


def _poisson_term(mean: float, count: float) -> float:
    return math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1.0))


def binomial_probability(successes: int, trials: int, share: float) -> float:
    """Return P(X = ``successes``) of a binomial X."""
    if share <= 0.0 or share >= 1.0:
        return 1.0 if successes == (trials if share >= 1.0 else 0) else 0.0
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(ways + successes * math.log(share) + (trials - successes) * math.log1p(-share))


def binomial_at_most(successes: int, trials: int, share: float) -> float:
    """Return P(X ≤ ``successes``) of a binomial X with ``trials`` trials of probability ``share``."""
    if successes < 0:
        return 0.0
    if successes >= trials or share <= 0.0:
        return 1.0
    if share >= 1.0:
        return 0.0
    if successes > trials * share:
        # Terms shrink only away from the mean, so sum the other tail.
        return 1.0 - binomial_at_most(trials - successes - 1, trials, 1.0 - share)
    term = total = binomial_probability(successes, trials, share)
    odds = (1.0 - share) / share
    for k in range(successes, 0, -1):
        term *= k / (trials - k + 1) * odds
        total += term
        if term <= total * 1e-17:
            break
    return min(1.0, total)


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, Z_95 * Z_95
    centre = share + z2 / (2 * trials)
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4.0 * trials * trials))
    scale = 1 + z2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
