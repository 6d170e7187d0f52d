"""Slow and obvious versions of what the detector computes: straight from the definitions, in plain Python loops."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction


def is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def ks_distance(baseline: Sequence[float | None], current: Sequence[float | None]) -> float:
    """Largest difference of the shares of rows ≤ x, over every x that occurs; a missing value is above all numbers."""

    def share_up_to(column: Sequence[float | None], x: float | None) -> Fraction:
        if x is None:
            return Fraction(1)
        return Fraction(sum(not is_missing(value) and value <= x for value in column), len(column))

    points = {value for value in [*baseline, *current] if not is_missing(value)}
    # The share of numbers at all: everything below "missing".
    points |= {math.inf}
    return float(max(abs(share_up_to(baseline, x) - share_up_to(current, x)) for x in points))


def chi_square(baseline: Sequence[float], current: Sequence[float]) -> float:
    """Σ (observed − expected)² / expected over both rows of the table."""
    n, m = sum(baseline), sum(current)
    statistic = 0.0
    for a, b in zip(baseline, current, strict=True):
        if a + b:
            for observed, side in ((a, n), (b, m)):
                expected = (a + b) * side / (n + m)
                statistic += (observed - expected) ** 2 / expected
    return statistic


def psi(baseline: Sequence[float], current: Sequence[float], smoothing: float) -> float:
    """Population stability index, with pseudo-counts in proportion to the pooled shares."""
    cells = [(a, b) for a, b in zip(baseline, current, strict=True) if a + b]
    n, m = sum(baseline), sum(current)
    total = 0.0
    for a, b in cells:
        extra = smoothing * len(cells) * (a + b) / (n + m)
        p = (a + extra) / (n + smoothing * len(cells))
        q = (b + extra) / (m + smoothing * len(cells))
        total += (q - p) * math.log(q / p)
    return total


def benjamini_hochberg_rejects(p_values: Sequence[float], level: float, penalty: float = 1.0) -> set[int]:
    """The step-up rule as it was published: the largest k with p(k) ≤ k·level / (m·penalty), and all below it."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    last = 0
    for k, index in enumerate(order, start=1):
        if p_values[index] <= k * level / (len(p_values) * penalty):
            last = k
    return set(order[:last])


def holm_rejects(p_values: Sequence[float], level: float) -> set[int]:
    """The step-down rule: stop at the first p(k) above level / (m − k + 1)."""
    rejected: set[int] = set()
    for k, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[index] > level / (len(p_values) - k):
            break
        rejected.add(index)
    return rejected


def binomial_at_most(successes: int, trials: int, share: Fraction) -> float:
    """Exact rational sum."""
    terms = (math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(successes + 1))
    return float(sum(terms, Fraction(0)))


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided sign test: all splits that are at most as likely as the one seen."""
    rows = only_first + only_second
    weights = [math.comb(rows, k) for k in range(rows + 1)]
    return float(Fraction(sum(w for w in weights if w <= weights[only_first]), 2**rows))


def confusion(labels: Sequence[int], decisions: Sequence[int]) -> tuple[int, int, int, int]:
    """TP, FP, TN, FN, row by row."""
    pairs = list(zip(labels, decisions, strict=True))
    return pairs.count((1, 1)), pairs.count((0, 1)), pairs.count((0, 0)), pairs.count((1, 0))


def f1_bootstrap_interval(tp: int, wrong: int, rest: int, rounds: int, seed: int) -> tuple[float, float]:
    """95 % percentile interval of F1 from resampled rows: ``wrong`` = FP + FN, ``rest`` = TN."""
    draws = random.Random(seed)
    rows = ["hit"] * tp + ["wrong"] * wrong + ["rest"] * rest
    values = []
    for _ in range(rounds):
        sample = draws.choices(rows, k=len(rows))
        hits, errors = sample.count("hit"), sample.count("wrong")
        values.append(2 * hits / (2 * hits + errors))
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]
