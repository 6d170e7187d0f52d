"""Shares of rows by value, of a baseline column and of current rows, in the same cells: what a small picture needs.

Numbers with few distinct values keep them as cells; others get cells of equal width over the middle 98 % of both
sides, with the tails in the first and the last.  Missing values take no part in the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlops_gitops.portal.numbers import brief, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlops_gitops.detector.references import CategoryReference, NumericReference, Reference

CELLS = 32
FEW = 10


@dataclass(frozen=True, slots=True)
class Distribution:
    """One column: ``baseline`` and ``current`` are shares of the present rows, one a label, in the labels' order."""

    name: str
    labels: tuple[str, ...]
    baseline: tuple[float, ...]
    current: tuple[float, ...]
    baseline_rows: int
    current_rows: int


def distribution(name: str, reference: Reference, values: Any) -> Distribution:
    """Count ``values`` (one a row, as the detector takes them) in the cells of a reference."""
    from mlops_gitops.detector.columns import as_numbers, count_levels
    from mlops_gitops.detector.references import CategoryReference

    if isinstance(reference, CategoryReference):
        levels, _ = count_levels(name, values)
        return _of_levels(name, reference, dict(levels))
    return _of_numbers(name, reference, as_numbers(name, values))


def _of_levels(name: str, reference: CategoryReference, current: dict[str, int]) -> Distribution:
    before = dict(reference.levels)
    order = sorted(before.keys() | current.keys(), key=lambda level: (-before.get(level, 0), level))
    shown, rest = order[:FEW], order[FEW:]
    if rest:  # the rare levels share the last cell
        shown, rest = order[: FEW - 1], order[FEW - 1 :]
    labels = (*shown, *(("others",) if rest else ()))
    counts = [
        [*(side.get(level, 0) for level in shown), *([sum(side.get(level, 0) for level in rest)] if rest else [])]
        for side in (before, current)
    ]
    return _shares(name, labels, counts[0], counts[1])


def _of_numbers(name: str, reference: NumericReference, values: NDArray[np.float64]) -> Distribution:
    import numpy as np

    before, now = reference.values, values[np.isfinite(values)]
    before = before[np.isfinite(before)]
    both = np.concatenate([before, now])
    if not both.size:
        return Distribution(name, ("no value",), (0.0,), (0.0,), 0, 0)
    distinct = np.unique(both)
    if distinct.size <= FEW:
        labels = tuple(brief(float(value)) for value in distinct)
        cells = [np.searchsorted(distinct, side) for side in (before, now)]
        return _shares(name, labels, *(np.bincount(cell, minlength=distinct.size).tolist() for cell in cells))
    low, high = np.quantile(both, [0.01, 0.99])
    if low == high:
        low, high = distinct[0], distinct[-1]
    edges = np.linspace(low, high, CELLS + 1)
    counts = [np.histogram(np.clip(side, low, high), bins=edges)[0].tolist() for side in (before, now)]
    # One label a cell, its lower edge; the last cell carries the upper one, which the picture shows at its end.
    labels = tuple(_edge(float(edge)) for edge in (*edges[:-2], edges[-1]))
    return _shares(name, labels, counts[0], counts[1])


def _edge(value: float) -> str:
    return number(round(value)) if abs(value) >= 100 else brief(value)


def _shares(name: str, labels: tuple[str, ...], before: list[int], now: list[int]) -> Distribution:
    rows = sum(before), sum(now)
    sides = [
        tuple(count / whole if whole else 0.0 for count in counts)
        for counts, whole in zip((before, now), rows, strict=True)
    ]
    return Distribution(name, labels, sides[0], sides[1], *rows)
