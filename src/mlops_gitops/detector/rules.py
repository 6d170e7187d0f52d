"""What a project's configuration says about detection, with every metric by its one name from the metric table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlops_gitops.detector.confusion import SHARES
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.spec.metrics import Family, Metric, find_metric, metric_names
from mlops_gitops.spec.monitoring import DriftDetection, RegressionDetection
from mlops_gitops.spec.project import ProjectSpec


@dataclass(frozen=True, slots=True)
class Rules:
    """Which metrics are compared, the gates on them, and when a change counts.

    ``primary`` is the metric that the project itself names, by its one name; nothing where the baseline decides.
    ``unjudged`` are metrics of predictions that labelled counts do not answer (ROC AUC, losses).  Metrics of the
    service (latency, throughput) are not among them: live traffic answers those, a batch does not.
    """

    metrics: tuple[str, ...]
    thresholds: Mapping[str, float]
    unjudged: tuple[str, ...]
    regression: RegressionDetection
    drift: DriftDetection
    primary: str | None = None

    @classmethod
    def of(cls, spec: ProjectSpec) -> Rules:
        """Take ``monitoring.metrics`` and the metrics of ``testing.thresholds``; all of them where neither names one.

        Raises ``UsageError`` on a metric that the table does not know.
        """
        thresholds = {_known(name).name: limit for name, limit in spec.testing.thresholds.items()}
        named = {**{_known(name).name: None for name in spec.monitoring.metrics}, **thresholds}
        of_predictions = [name for name in named if _known(name).family is not Family.SERVICE]
        return cls(
            metrics=tuple(name for name in SHARES if name in named or not of_predictions),
            thresholds={name: limit for name, limit in thresholds.items() if name in SHARES},
            unjudged=tuple(name for name in of_predictions if name not in SHARES),
            regression=spec.monitoring.regression_detection,
            drift=spec.monitoring.drift_detection,
            primary=_known(written).name if (written := spec.testing.primary_metric) else None,
        )


def _known(name: str) -> Metric:
    metric = find_metric(name)
    if metric is None:
        raise UsageError(
            f"unknown metric {name}", todo=f"name one of the metric table: {', '.join(sorted(metric_names()))}"
        )
    return metric
