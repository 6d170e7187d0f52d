"""Counting right and wrong decisions, and the metrics that follow from counts and scores.

A ratio whose denominator is empty is 0 where higher is better and 0 where lower is better: nothing found counts as
nothing found, and no false alarm was possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts at one threshold."""

    tp: int
    fp: int
    tn: int
    fn: int

    @classmethod
    def of(cls, labels: Bools, predicted: Bools) -> Confusion:
        """Count two boolean arrays of the same length."""
        tp = int(np.count_nonzero(labels & predicted))
        fp = int(np.count_nonzero(predicted)) - tp
        fn = int(np.count_nonzero(labels)) - tp
        return cls(tp, fp, len(labels) - tp - fp - fn, fn)

    @property
    def rows(self) -> int:
        """All rows."""
        return self.tp + self.fp + self.tn + self.fn

    def proportions(self) -> dict[str, tuple[int, int]]:
        """Successes and trials of each metric that is a proportion."""
        return {
            "accuracy": (self.tp + self.tn, self.rows),
            "precision": (self.tp, self.tp + self.fp),
            "recall": (self.tp, self.tp + self.fn),
            "false_positive_rate": (self.fp, self.fp + self.tn),
        }

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN)."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    def metrics(self) -> dict[str, float]:
        """Every metric that follows from the counts, by its name in the metric table."""
        return {name: _ratio(*pair) for name, pair in self.proportions().items()} | {"f1_score": self.f1}


def score_metrics(labels: Bools, scores: Floats) -> dict[str, float]:
    """``roc_auc`` (Mann–Whitney, ties half), ``pr_auc`` (average precision), ``log_loss`` (mean, nats), errors.

    Both classes must occur; raises ``ValueError`` otherwise.
    """
    positives = int(np.count_nonzero(labels))
    negatives = len(labels) - positives
    if not positives or not negatives:
        raise ValueError("the test rows hold one class only: nothing can be measured on them")
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order])
    # One point a distinct score: equal scores cannot be told apart.
    last = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], True))
    true_positives, called = hits[last], last + 1
    recall = np.concatenate([[0.0], true_positives / positives])
    fall_out = np.concatenate([[0.0], (called - true_positives) / negatives])
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    error = scores - labels
    return {
        "roc_auc": float(np.trapezoid(recall, fall_out)),
        "pr_auc": float(np.sum(np.diff(recall) * true_positives / called)),
        "log_loss": float(-np.mean(np.where(labels, np.log(clipped), np.log1p(-clipped)))),
        "mae": float(np.mean(np.abs(error))),
        "mse": float(np.mean(error**2)),
        "rmse": float(np.sqrt(np.mean(error**2))),
    }


def best_threshold(labels: Bools, scores: Floats) -> float:
    """The threshold of highest F1, half way between two seen scores; of equal F1 the highest.

    A row is positive at or above it. Raises ``ValueError`` without a positive label.
    """
    if not labels.any():
        raise ValueError("a threshold needs at least one positive label")
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order])
    possible = np.append(ranked[:-1] > ranked[1:], True)
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + hits[-1])
    cut = int(np.argmax(np.where(possible, f1, -1.0)))
    below = ranked[min(cut + 1, len(ranked) - 1)]
    return float((ranked[cut] + below) / 2)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
