"""Which metrics are watched, and the limits on them: gates of the tests, and limits of the project's own metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlops_gitops.records.project import Environment
from mlops_gitops.spec.metrics import Direction, Metric, find_metric


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit on an exported series; ``custom`` metrics are the project's own."""

    name: str
    series: str
    direction: Direction
    limit: float
    custom: bool = False
    about: str = ""
    """What the metric measures, in the project's own words."""
    unit: str = ""

    @property
    def worse(self) -> str:
        """The comparison that is true beyond the limit."""
        return "<" if self.direction is Direction.HIGHER else ">"

    @property
    def sign(self) -> str:
        """The comparison that holds on the right side."""
        return "≥" if self.direction is Direction.HIGHER else "≤"

    @property
    def beyond(self) -> float:
        """A value just on the wrong side."""
        step = abs(self.limit) / 100 or 0.001
        return round(self.limit - step if self.direction is Direction.HIGHER else self.limit + step, 9)


def watched(environment: Environment) -> dict[str, tuple[Metric, float | None]]:
    """Metrics of `monitoring.metrics` and `testing.thresholds` by name, each with its written threshold if any."""
    spec = environment.spec
    thresholds = {found.name: limit for name, limit in spec.testing.thresholds.items() if (found := find_metric(name))}
    names = [found.name for name in spec.monitoring.metrics if (found := find_metric(name))]
    ordered = dict.fromkeys((*names, *thresholds))
    rows = ((find_metric(name), thresholds.get(name)) for name in ordered)
    return {metric.name: (metric, limit) for metric, limit in rows if metric}


def gates(environment: Environment) -> tuple[Gate, ...]:
    """Limits on what labels tell, and on the project's own metrics; service levels have promises of their own."""
    return (*_of_tests(environment), *_of_project(environment))


def _of_tests(environment: Environment) -> Iterator[Gate]:
    for name, (metric, limit) in watched(environment).items():
        if metric.counted and limit is not None:
            yield Gate(name, metric.prometheus, metric.direction, limit)


def _of_project(environment: Environment) -> Iterator[Gate]:
    for name, metric in environment.spec.monitoring.custom_metrics.items():
        if metric.limit is not None:
            words = metric.description or "", metric.unit or ""
            yield Gate(name, metric.prometheus, Direction(metric.direction), metric.limit, True, *words)
