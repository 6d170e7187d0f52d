"""Which columns drifted: significant after correction over all columns, and by enough to matter.

Numbers are compared by the exact Kolmogorov–Smirnov distance D, categories by Cramér's V, both also by PSI.  A p-value
alone would call a shift of a hundredth of a standard deviation drift at a million rows; an effect alone would call
noise drift at fifty.  So a column drifted when its p-value, corrected over the columns, is below the significance
level **and** its D or V reaches ``min_effect`` or its PSI, less what chance alone gives, reaches ``psi_threshold``.

A missing value is a value: one above all numbers, or one more level.  A column that goes missing therefore drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.baseline import Baseline
from mlops_gitops.detector.columns import Values, as_numbers, count_levels
from mlops_gitops.detector.correction import benjamini_hochberg
from mlops_gitops.detector.distributions import kolmogorov_survival
from mlops_gitops.detector.references import CategoryReference, NumericReference, Reference
from mlops_gitops.detector.tables import CountTable
from mlops_gitops.records.verdict import ColumnDrift
from mlops_gitops.spec.monitoring import DriftDetection

SCORE = "score"
"""Kind, and name, of the row that stands for the model's own score."""
FEW_VALUES = 25
"""Up to so many distinct numbers, a column is tested as a table of values: with such ties KS is far too quiet."""
BINS = 10
# D, V and PSI at which a normal column has moved by 0.5 and by 0.8 standard deviations: Cohen's medium and large.
_MEDIUM, _LARGE = {"D": 0.20, "V": 0.24, "PSI": 0.25}, {"D": 0.31, "V": 0.37, "PSI": 0.64}


@dataclass(frozen=True, slots=True)
class Shift:
    """How one column differs from its baseline; ``measure`` names the statistic, ``p_value`` is not corrected."""

    measure: str
    statistic: float
    p_value: float
    psi: float
    psi_without_change: float

    def matters(self, rules: DriftDetection) -> bool:
        """Whether the effect is large enough, however sure it is."""
        return self.statistic >= rules.min_effect or self.psi - self.psi_without_change >= rules.psi_threshold

    def effect(self, rules: DriftDetection) -> str:
        """``none`` below both limits, else ``small``, ``medium`` or ``large``: the larger word of both statistics."""
        sizes = ((self.statistic, self.measure), (self.psi - self.psi_without_change, "PSI"))
        if not self.matters(rules):
            return "none"
        if any(size >= _LARGE[measure] for size, measure in sizes):
            return "large"
        return "medium" if any(size >= _MEDIUM[measure] for size, measure in sizes) else "small"


def find_drift(
    baseline: Baseline,
    columns: Mapping[str, Values],
    scores: Values | None,
    rules: DriftDetection,
    significance: float,
    *,
    dependent: bool = False,
) -> tuple[ColumnDrift, ...]:
    """Compare every column of the baseline, and the scores where given, with the current rows (at least one).

    ``columns`` maps each baseline column to one value a row; others are not looked at.  ``dependent`` takes
    Benjamini–Yekutieli for Benjamini–Hochberg.  Raises ``KeyError`` where a column is not given, ``ValueError`` where
    a numeric one holds something else.
    """
    shifts = {name: compare(name, reference, columns[name]) for name, reference in baseline.columns.items()}
    rows = [(name, "category" if one.measure == "V" else "number", one) for name, one in shifts.items()]
    if scores is not None:
        rows.append((SCORE, SCORE, compare(SCORE, baseline.scores, scores)))
    corrected = benjamini_hochberg([shift.p_value for _, _, shift in rows], dependent=dependent)
    return tuple(
        ColumnDrift(
            name=name,
            kind=kind,
            statistic=shift.statistic,
            psi=shift.psi,
            p_value=p,
            drifted=p < significance and shift.matters(rules),
            effect=shift.effect(rules),
        )
        for (name, kind, shift), p in zip(rows, corrected, strict=True)
    )


def compare(name: str, reference: Reference, values: Values) -> Shift:
    """Compare one column with its reference."""
    if isinstance(reference, CategoryReference):
        return _compare_levels(reference, *count_levels(name, values))
    return _compare_numbers(reference, as_numbers(name, values))


def _compare_numbers(reference: NumericReference, values: NDArray[np.float64]) -> Shift:
    from mlops_gitops.detector.kernels import ks_distance  # loads compiled code: only where rows are compared

    # NaN sorts behind everything else.
    ordered = np.sort(values)
    present = ordered[: ordered.size - int(np.count_nonzero(np.isnan(ordered)))]
    distance = ks_distance(reference.values, present, reference.weight, 1.0 / values.size)
    distinct = _first_distinct(reference.values, FEW_VALUES)
    table = _value_table(reference, present, values.size, distinct)
    if distinct is None:
        p = kolmogorov_survival(distance, reference.samples, values.size)
    else:
        p = table.homogeneity_p()
        table = table.pooled()
    return Shift("D", distance, p, table.psi(), table.psi_without_change())


def _compare_levels(reference: CategoryReference, counts: Mapping[str, int], missing: int) -> Shift:
    levels = sorted(set(reference.levels) | set(counts))
    table = CountTable(
        np.array([*(reference.levels.get(level, 0) for level in levels), reference.missing], dtype=np.float64),
        np.array([*(counts.get(level, 0) for level in levels), missing], dtype=np.float64),
    )
    pooled = table.pooled()
    return Shift("V", pooled.cramers_v(), table.homogeneity_p(), pooled.psi(), pooled.psi_without_change())


def _first_distinct(ordered: NDArray[np.float64], at_most: int) -> NDArray[np.float64] | None:
    """The distinct values of a sorted column, or nothing where there are more than ``at_most`` (or none)."""
    if not ordered.size:
        return None
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[starts] if starts.size <= at_most else None


def _value_table(
    reference: NumericReference, present: NDArray[np.float64], rows: int, distinct: NDArray[np.float64] | None
) -> CountTable:
    """Counts in bins of the baseline: its distinct values with the gaps between them, or its tenths.

    What lies below, above (and between, for distinct values) all that the baseline saw has cells of its own, and so
    have missing values.
    """
    kept = reference.values
    if distinct is None:
        below = kept[:1]
        up_to = np.unique(kept[(np.arange(1, BINS + 1) * kept.size - 1) // BINS]) if kept.size else kept
    else:
        below, up_to = distinct, distinct
    scale = reference.weight * reference.samples  # rows of the baseline that one kept value stands for
    return CountTable(
        _cells(kept, below, up_to, scale, reference.missing), _cells(present, below, up_to, 1.0, rows - present.size)
    )


def _cells(
    ordered: NDArray[np.float64],
    below: NDArray[np.float64],
    up_to: NDArray[np.float64],
    scale: float,
    missing: int,
) -> NDArray[np.float64]:
    """Counts between cuts: just under each value of ``below``, just over each of ``up_to``."""
    cuts = np.concatenate((np.searchsorted(ordered, below, "left"), np.searchsorted(ordered, up_to, "right")))
    # In order of value, a value's lower cut before its upper one: the same order for both sides of the table.
    order = np.lexsort((np.repeat((0, 1), (below.size, up_to.size)), np.concatenate((below, up_to))))
    counts = np.diff(cuts[order], prepend=0, append=ordered.size)
    return np.append(counts * scale, float(missing))
