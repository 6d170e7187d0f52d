"""What is kept of one baseline column: a sorted sample of numbers, or counts of levels.

A column of up to ``MAX_KEPT`` rows is kept whole, so that D is exact.  A longer one is thinned to order statistics at
evenly spaced ranks rather than to random rows: the distribution function then moves by at most 1 / (2 × MAX_KEPT), and
no seed is needed.  ``samples`` stays the number of rows that the sample stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.columns import Values, as_numbers, count_levels

MAX_KEPT = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class NumericReference:
    """A numeric column: ``values`` float64 of shape (kept,), rising, without NaN, read-only."""

    values: NDArray[np.float64]
    samples: int
    missing: int

    def __post_init__(self) -> None:
        """Refuse what no column can have given."""
        present = self.samples - self.missing
        if self.missing < 0 or present < self.values.size or bool(present) != bool(self.values.size):
            raise ValueError(f"{self.values.size} values kept of {self.samples} rows, {self.missing} of them missing")
        if np.isnan(self.values).any() or (self.values[1:] < self.values[:-1]).any():
            raise ValueError("the kept values are not in rising order")

    @classmethod
    def of(cls, name: str, values: Values, max_kept: int = MAX_KEPT) -> NumericReference:
        """Keep a column; raises ``ValueError`` where a value is no number."""
        # NaN sorts behind everything else.
        ordered = np.sort(as_numbers(name, values))
        present = ordered[: ordered.size - int(np.count_nonzero(np.isnan(ordered)))]
        kept = present
        if present.size > max_kept:
            kept = present[((np.arange(max_kept) + 0.5) * (present.size / max_kept)).astype(np.int64)]
        kept = np.array(kept)
        kept.setflags(write=False)
        return cls(kept, ordered.size, ordered.size - present.size)

    @property
    def weight(self) -> float:
        """What one kept value adds to the distribution function over all rows."""
        return (self.samples - self.missing) / (self.values.size * self.samples) if self.values.size else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class CategoryReference:
    """A category: how often each level occurred, and how many values were missing."""

    levels: Mapping[str, int]
    missing: int

    def __post_init__(self) -> None:
        """Refuse what no column can have given."""
        if self.missing < 0 or any(count < 1 for count in self.levels.values()):
            raise ValueError("a level has no positive count")

    @classmethod
    def of(cls, name: str, values: Values) -> CategoryReference:
        """Count a column."""
        levels, missing = count_levels(name, values)
        return cls(dict(sorted(levels.items())), missing)

    @property
    def samples(self) -> int:
        """Rows that were counted."""
        return sum(self.levels.values()) + self.missing


Reference = NumericReference | CategoryReference
