"""The metric table: one row gives a metric its name, direction, unit, range and where it is computed and exported.

Thresholds, trends and tests all follow the direction that stands here.  A metric that is not in the table needs a
declared direction; it is never silently ignored.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Direction(Enum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Family(Enum):
    """What a metric is computed from; it decides which statistical test fits."""

    PROPORTION = "proportion"  # successes of n: two-proportion z, Newcombe interval
    COMPOSITE = "composite"  # a function of counts or scores: bootstrap, DeLong
    ERROR = "error"  # a mean loss over rows: bootstrap
    SERVICE = "service"  # measured at the endpoint: counters and quantiles


class Metric(NamedTuple):
    """One row; ``low`` and ``high`` bound the values a threshold may take, ``prometheus`` names the exported series."""

    name: str
    direction: Direction
    family: Family
    description: str
    unit: str = ""
    low: float = 0.0
    high: float | None = 1.0
    prometheus: str = ""
    aliases: tuple[str, ...] = ()

    def passes(self, value: float, threshold: float) -> bool:
        """Whether ``value`` respects ``threshold`` in this metric's own direction."""
        return value >= threshold if self.direction is Direction.HIGHER else value <= threshold

    def in_range(self, threshold: float) -> bool:
        """Whether a value of the metric could be this one."""
        return self.low <= threshold and (self.high is None or threshold <= self.high)

    @property
    def counted(self) -> bool:
        """Whether counts of right and wrong answers give it, so that it is known of what was served, too."""
        return self.family is Family.PROPORTION or self.name == "f1_score"

    @property
    def sign(self) -> str:
        """``≥`` where higher is better, ``≤`` where lower is."""
        return "≥" if self.direction is Direction.HIGHER else "≤"


_H, _L = Direction.HIGHER, Direction.LOWER
_P, _C, _E, _S = Family.PROPORTION, Family.COMPOSITE, Family.ERROR, Family.SERVICE

_ROWS = (
    Metric("accuracy", _H, _P, "share of rows predicted right", prometheus="model_accuracy"),
    Metric("precision", _H, _P, "share of positive predictions that are right", prometheus="model_precision"),
    Metric("recall", _H, _P, "share of positives found", prometheus="model_recall", aliases=("true_positive_rate",)),
    Metric("f1_score", _H, _C, "harmonic mean of precision and recall", prometheus="model_f1_score", aliases=("f1",)),
    Metric("roc_auc", _H, _C, "area under the ROC curve", prometheus="model_roc_auc", aliases=("auc",)),
    Metric("pr_auc", _H, _C, "average precision", prometheus="model_pr_auc", aliases=("average_precision",)),
    Metric(
        "false_positive_rate",
        _L,
        _P,
        "share of negatives predicted positive",
        prometheus="model_false_positive_rate",
        aliases=("fpr",),
    ),
    Metric("log_loss", _L, _E, "mean negative log-likelihood", high=None, prometheus="model_log_loss"),
    Metric("mae", _L, _E, "mean absolute error", high=None, prometheus="model_mae"),
    Metric("mse", _L, _E, "mean squared error", high=None, prometheus="model_mse"),
    Metric("rmse", _L, _E, "root of the mean squared error", high=None, prometheus="model_rmse"),
    Metric(
        "latency_p95_ms",
        _L,
        _S,
        "95th percentile of the prediction latency",
        unit="ms",
        high=None,
        prometheus="model_inference_latency_seconds",
        aliases=("inference_latency_p95",),
    ),
    Metric("latency_mean_ms", _L, _S, "mean prediction latency", unit="ms", high=None,
           prometheus="model_inference_latency_seconds", aliases=("latency",)),
    Metric("throughput", _H, _S, "predictions answered a second", unit="1/s", high=None,
           prometheus="model_inference_rows_total"),
    Metric("availability", _H, _S, "share of requests answered", prometheus="model_inference_requests_total"),
    Metric("error_rate", _L, _S, "share of requests that failed", prometheus="model_inference_requests_total"),
)  # fmt: skip

METRICS: dict[str, Metric] = {row.name: row for row in _ROWS}
_BY_ANY_NAME: dict[str, Metric] = {name: row for row in _ROWS for name in (row.name, *row.aliases)}


def find_metric(name: str) -> Metric | None:
    """The row of a name or alias, or nothing."""
    return _BY_ANY_NAME.get(name)


def metric_names() -> tuple[str, ...]:
    """Every name and alias, for "did you mean"."""
    return tuple(_BY_ANY_NAME)
