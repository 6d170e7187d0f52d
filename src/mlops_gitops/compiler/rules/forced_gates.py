"""What gates force each other to: the weakest value a metric can still have where all other gates hold.

Only what is certain for every data set stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import NamedTuple

from mlops_gitops.spec.metrics import METRICS, Direction


class Forced(NamedTuple):
    """A metric cannot be worse than ``limit`` where the gates on ``by`` hold."""

    limit: float
    by: tuple[str, ...]


Limits = Mapping[str, float]
"""Limits by a metric's own name."""


def forced(metric: str, limits: Limits) -> Forced | None:
    """What the other gates force a metric to, where they do and its own gate asks for no more than that."""
    if metric not in _BY_METRIC or metric not in limits:
        return None
    others, compute = _BY_METRIC[metric]
    if not set(others) <= limits.keys():
        return None
    least = round(compute(*(limits[name] for name in others)), 12)
    own, higher = limits[metric], METRICS[metric].direction is Direction.HIGHER
    if (own > least) if higher else (own < least):
        return None
    # Two gates that say exactly the same are told of once, at the one that is named less often.
    return None if own == least and metric in _SAID_BY_THE_OTHER else Forced(least, others)


def _harmonic_mean(precision: float, recall: float) -> float:
    """F1 is monotone in both of its parts."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _weighted_mean(recall: float, false_positive_rate: float) -> float:
    """Accuracy is recall and specificity, weighted by how many rows are positive: never below the smaller one."""
    return min(recall, 1 - false_positive_rate)


_BY_METRIC: dict[str, tuple[tuple[str, ...], Callable[..., float]]] = {
    "f1_score": (("precision", "recall"), _harmonic_mean),
    "accuracy": (("recall", "false_positive_rate"), _weighted_mean),
    "error_rate": (("availability",), lambda availability: 1 - availability),
    "availability": (("error_rate",), lambda error_rate: 1 - error_rate),
    "mae": (("rmse",), lambda rmse: rmse),  # a mean is never above the root of the mean square
    "rmse": (("mse",), lambda mse: sqrt(max(0.0, mse))),
    "mse": (("rmse",), lambda rmse: rmse * rmse),
}
_SAID_BY_THE_OTHER = frozenset({"availability", "rmse"})
