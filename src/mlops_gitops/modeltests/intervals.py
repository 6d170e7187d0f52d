"""95 % intervals: Wilson's for proportions, a seeded bootstrap on the counts for F1."""

from __future__ import annotations

import math

import numpy as np

from mlops_gitops.modeltests.confusion import Confusion

Z = 1.959963984540054  # of the standard normal, two-sided 95 %
DRAWS = 2000


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval (1927); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, Z * Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return max(0.0, centre - half), min(1.0, centre + half)


def f1_interval(counts: Confusion, seed: int) -> tuple[float, float]:
    """Percentile bootstrap of F1.

    Resampling rows and counting again is one multinomial draw of the four counts, so that 2,000 draws take a
    millisecond at any number of rows.
    """
    if counts.rows == 0:
        return 0.0, 1.0
    shares = np.array([counts.tp, counts.fp, counts.tn, counts.fn], dtype=float) / counts.rows
    draws = np.random.default_rng(seed).multinomial(counts.rows, shares, size=DRAWS)
    whole = 2 * draws[:, 0] + draws[:, 1] + draws[:, 3]
    f1 = np.divide(2 * draws[:, 0], whole, out=np.zeros(DRAWS), where=whole > 0)
    low, high = np.quantile(f1, [0.025, 0.975])
    return float(low), float(high)


def intervals_of(counts: Confusion, seed: int) -> dict[str, tuple[float, float]]:
    """The interval of every metric that follows from the counts."""
    found = {name: wilson(*pair) for name, pair in counts.proportions().items()}
    return found | {"f1_score": f1_interval(counts, seed)}
