"""A 2 × k table of counts, baseline above and current below, and the three statistics that it answers.

Chi-square says whether the shares differ at all, Cramér's V and PSI how much.  All work on counts: frequencies have
lost the sample size and make any test blind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.distributions import chi_square_survival

LEAST_EXPECTED = 5.0
"""Cells with a smaller expected count are pooled: the usual condition for the chi-square distribution to hold."""
SMOOTHING = 0.5
"""Pseudo-counts a cell, given out in proportion to the pooled shares, so that an empty cell never gives infinity."""


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """Counts of the same k cells on both sides, float64 of shape (k,); each side has at least one row."""

    baseline: NDArray[np.float64]
    current: NDArray[np.float64]

    @property
    def cells(self) -> int:
        """How many cells hold anything on either side."""
        return int(np.count_nonzero(self.baseline + self.current))

    def pooled(self) -> CountTable:
        """The same rows with all rare cells merged into one, and that one into the rarest other if still rare."""
        total = self.baseline + self.current
        smaller = min(self.baseline.sum(), self.current.sum())
        expected = total * smaller / total.sum()
        order = np.argsort(expected, kind="stable")
        rare = int(np.count_nonzero(expected < LEAST_EXPECTED))
        if rare and expected[order[:rare]].sum() < LEAST_EXPECTED:
            rare += 1
        if rare <= 1:
            return self
        kept, merged = order[rare:], order[:rare]
        return CountTable(
            np.append(self.baseline[kept], self.baseline[merged].sum()),
            np.append(self.current[kept], self.current[merged].sum()),
        )

    def homogeneity_p(self) -> float:
        """P-value of the chi-square test that both sides share one distribution; 1 with a single cell."""
        total = self.baseline + self.current
        filled = total > 0
        if np.count_nonzero(filled) < 2:
            return 1.0
        statistic = 0.0
        for side in (self.baseline, self.current):
            expected = total[filled] * (side.sum() / total.sum())
            statistic += float(np.sum((side[filled] - expected) ** 2 / expected))
        return chi_square_survival(statistic, int(np.count_nonzero(filled)) - 1)

    def cramers_v(self) -> float:
        """Cramér's V as if both sides had equally many rows, from 0 (same shares) to 1 (nothing in common).

        The textbook V of a small batch against a large baseline is small however much the shares differ; with equal
        weights it depends on the shares p and q alone: V² = ½ Σ (p − q)² / (p + q).
        """
        p, q = self.baseline / self.baseline.sum(), self.current / self.current.sum()
        filled = (p + q) > 0
        return math.sqrt(0.5 * float(np.sum((p - q)[filled] ** 2 / (p + q)[filled])))

    def psi(self) -> float:
        """Population stability index Σ (q − p) ln(q / p), smoothed."""
        filled = (self.baseline + self.current) > 0
        baseline, current = self.baseline[filled], self.current[filled]
        extra = SMOOTHING * (baseline + current) * (baseline.size / (baseline.sum() + current.sum()))
        p = (baseline + extra) / (baseline + extra).sum()
        q = (current + extra) / (current + extra).sum()
        return float(np.sum((q - p) * np.log(q / p)))

    def psi_without_change(self) -> float:
        """The PSI that chance alone gives on average: (k − 1)(1/n + 1/m) (Yurdakul and Naranjo 2020)."""
        return (self.cells - 1) * (1.0 / float(self.baseline.sum()) + 1.0 / float(self.current.sum()))
