"""The four counts of a binary classifier at its threshold, and every metric that they answer as a share of rows.

Accuracy, precision, recall and false-positive rate are successes of trials as they stand.  F1 is not, but it rises
with J = TP / (TP + FP + FN) alone: F1 = 2J / (1 + J).  Given how many rows are positive or predicted positive, TP is
binomial with probability J, so every exact method for a share serves F1 too, without a bootstrap and its seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Share:
    """``successes`` of ``trials`` rows."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """Successes a trial; there must be one."""
        return self.successes / self.trials


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of rows by truth and decision."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    def __post_init__(self) -> None:
        """Refuse negative counts."""
        if min(self.true_positives, self.false_positives, self.true_negatives, self.false_negatives) < 0:
            raise ValueError("a confusion count is negative")

    @classmethod
    def of(cls, labels: NDArray[Any], decisions: NDArray[Any]) -> Confusion:
        """Count two arrays of 0/1 or booleans of shape (rows,)."""
        truth, called = as_flags("labels", labels), as_flags("decisions", decisions)
        if truth.shape != called.shape:
            raise ValueError(f"{truth.size} labels for {called.size} decisions")
        hits = int(np.count_nonzero(truth & called))
        positives, alarms = int(np.count_nonzero(truth)), int(np.count_nonzero(called))
        return cls(hits, alarms - hits, truth.size - positives - alarms + hits, positives - hits)

    @property
    def rows(self) -> int:
        """All rows."""
        return self.true_positives + self.false_positives + self.true_negatives + self.false_negatives

    @property
    def positives(self) -> Share:
        """How many rows are positive in truth."""
        return Share(self.true_positives + self.false_negatives, self.rows)

    @property
    def metrics(self) -> dict[str, float]:
        """Every metric of ``SHARES`` that has a trial."""
        shares = {name: share(self) for name, share in SHARES.items()}
        return {name: link(name)(share.value) for name, share in shares.items() if share.trials}


SHARES: Mapping[str, Callable[[Confusion], Share]] = {
    "accuracy": lambda c: Share(c.true_positives + c.true_negatives, c.rows),
    "precision": lambda c: Share(c.true_positives, c.true_positives + c.false_positives),
    "recall": lambda c: Share(c.true_positives, c.true_positives + c.false_negatives),
    "f1_score": lambda c: Share(c.true_positives, c.rows - c.true_negatives),
    "false_positive_rate": lambda c: Share(c.false_positives, c.false_positives + c.true_negatives),
}
"""The share of rows behind each metric, by the metric's name in the metric table."""


def link(metric: str) -> Callable[[float], float]:
    """The rising function that turns the metric's share into its value."""
    return _f1_of_share if metric == "f1_score" else _as_it_is


def share_at(metric: str, value: float) -> float:
    """The reverse of ``link``: the share at which the metric has ``value``."""
    return value / (2.0 - value) if metric == "f1_score" else value


def as_flags(name: str, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Read 0/1 or booleans of shape (rows,); raises ``ValueError`` on anything else."""
    array = np.asarray(values)
    if array.ndim != 1 or (array.dtype.kind not in "biuf") or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must be 0 or 1, one a row")
    return array.astype(np.bool_)


def _f1_of_share(share: float) -> float:
    return 2.0 * share / (1.0 + share)


def _as_it_is(share: float) -> float:
    return share
