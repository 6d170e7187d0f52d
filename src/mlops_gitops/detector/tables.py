"""A 2 × k table of counts, baseline above and current below, and the three statistics that it answers.

Chi-square says whether the shares differ at all, Cramér's V and PSI how much.  All work on counts: frequencies have
lost the sample size and make any test blind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.distributions import binomial_at_most, chi_square_survival

LEAST_EXPECTED = 5.0
"""A cell with a smaller expected count is rare: the usual condition for the chi-square distribution to hold."""
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

    @property
    def rare(self) -> NDArray[np.bool_]:
        """Which cells are rare on the smaller side, of shape (k,)."""
        total = self.baseline + self.current
        smaller = min(self.baseline.sum(), self.current.sum())
        return np.asarray(total * (smaller / total.sum()) < LEAST_EXPECTED)

    def pooled(self) -> CountTable:
        """The same rows with all rare cells merged into one, the last."""
        rare = self.rare
        return CountTable(
            np.append(self.baseline[~rare], self.baseline[rare].sum()),
            np.append(self.current[~rare], self.current[rare].sum()),
        )

    def homogeneity_p(self) -> float:
        """P-value of the test that both sides share one distribution; 1 with a single cell.

        Chi-square over the cells that are common enough for it.  Rare cells are pooled first; where even their pool is
        rare, it gets an exact binomial test of its own, and the smaller of both p-values is doubled.
        """
        table = self.pooled()
        if not table.rare[-1] or table.cells < 2:
            return table._chi_square_p()
        common = CountTable(table.baseline[:-1], table.current[:-1])
        if table.baseline[-1] + table.current[-1] == 0:
            return common._chi_square_p()
        p_rare = table._exact_p(-1)
        return p_rare if common.cells < 2 else min(1.0, 2.0 * min(p_rare, common._chi_square_p()))

    def _chi_square_p(self) -> float:
        total = self.baseline + self.current
        filled = total > 0
        if np.count_nonzero(filled) < 2 or not (self.baseline.any() and self.current.any()):
            return 1.0
        statistic = 0.0
        for side in (self.baseline, self.current):
            expected = total[filled] * (side.sum() / total.sum())
            statistic += float(np.sum((side[filled] - expected) ** 2 / expected))
        return chi_square_survival(statistic, int(np.count_nonzero(filled)) - 1)

    def _exact_p(self, cell: int) -> float:
        """Two-sided: how a cell's rows fall to the two sides, each row by the sides' sizes."""
        here, there = round(float(self.current[cell])), round(float(self.baseline[cell]))
        share = float(self.current.sum() / (self.baseline.sum() + self.current.sum()))
        at_most = binomial_at_most(here, here + there, share)
        at_least = binomial_at_most(there, here + there, 1.0 - share)
        return min(1.0, 2.0 * min(at_most, at_least))

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
