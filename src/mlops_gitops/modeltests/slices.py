"""Where a model is weakest, and whether groups of people fare differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mlops_gitops.modeltests.confusion import Bools, Confusion

if TYPE_CHECKING:
    import pandas as pd

MIN_POSITIVES = 20
"""A slice with fewer positives has no F1 worth naming."""
MIN_GROUP_ROWS = 100
"""A group with fewer rows is listed but does not count towards a gap."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows that share a value (or a quarter of a numeric column's range of ranks)."""

    name: str
    rows: int
    positives: int
    f1: float


def worst_slice(frame: pd.DataFrame, columns: Sequence[str], labels: Bools, predicted: Bools) -> Slice | None:
    """The slice of lowest F1 with at least ``MIN_POSITIVES`` positives; ``None`` where there is none."""
    found: list[Slice] = []
    for column in columns:
        for name, mask in _parts(frame, column):
            positives = int(np.count_nonzero(labels & mask))
            if positives >= MIN_POSITIVES:
                f1 = Confusion.of(labels[mask], predicted[mask]).f1
                found.append(Slice(f"{column}={name}", int(np.count_nonzero(mask)), positives, f1))
    return min(found, key=lambda one: (one.f1, one.name)) if found else None


def _parts(frame: pd.DataFrame, column: str) -> Iterator[tuple[str, Bools]]:
    values = frame[column]
    if values.dtype.kind in "if":
        numbers = values.to_numpy(dtype=float)
        present = numbers[np.isfinite(numbers)]
        edges = np.unique(np.quantile(present, [0, 0.25, 0.5, 0.75, 1])) if present.size else present
        for low, high in pairwise(edges.tolist()):
            top = numbers <= high if high == edges[-1] else numbers < high
            yield f"{low:g}…{high:g}", (numbers >= low) & top
        return
    words = values.astype(str).to_numpy()
    for word in np.unique(words):
        yield str(word), words == word


@dataclass(frozen=True, slots=True)
class GroupGaps:
    """Of one attribute: each group's rows, accuracy and positive rate, and the largest differences between groups."""

    attribute: str
    groups: Mapping[str, Mapping[str, float]]
    accuracy_gap: float
    positive_rate_gap: float
    compared: int


def group_gaps(attribute: str, values: Sequence[object], labels: Bools, predicted: Bools) -> GroupGaps:
    """Compare the groups of one attribute; fewer than two large enough groups give gaps of 0 and ``compared`` < 2."""
    words = np.asarray([str(value) for value in values])
    groups: dict[str, dict[str, float]] = {}
    for word in np.unique(words):
        mask = words == word
        groups[str(word)] = {
            "rows": int(np.count_nonzero(mask)),
            "accuracy": float(np.mean(labels[mask] == predicted[mask])),
            "positive_rate": float(np.mean(predicted[mask])),
        }
    counted = [group for group in groups.values() if group["rows"] >= MIN_GROUP_ROWS]
    gaps = [_spread([group[name] for group in counted]) for name in ("accuracy", "positive_rate")]
    return GroupGaps(attribute, groups, gaps[0], gaps[1], len(counted))


def _spread(values: Sequence[float]) -> float:
    return max(values) - min(values) if values else 0.0
