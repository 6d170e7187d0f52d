"""The service levels as PromQL: which series of a runtime say how many requests failed, were slow, were answered.

Everything that reads them (recording rules, autoscaler, alerts, dashboard, generated tests) asks here, so that a
runtime with other series is one more class: ``signals_of`` finds it by the environment's choice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from mlops_gitops.compiler.targets.monitoring.alert import here
from mlops_gitops.records.project import Environment, Project

# The promise is on the 95th percentile: one answer in twenty may take longer.
SLOW_BUDGET = 0.05


@dataclass(frozen=True, slots=True)
class Signals(ABC):
    """Series of one project in one environment."""

    project: Project
    environment: Environment

    def series(self, name: str, extra: str = "") -> str:
        """A series of this environment."""
        return name + here(self.project, self.environment, extra)

    @property
    def latency_ms(self) -> float:
        """The promised latency."""
        return round(self.environment.spec.serving.slo.latency.total_seconds() * 1000, 3)

    @abstractmethod
    def error_ratio(self, window: str) -> str:
        """Share of requests that were not answered; one that the client got wrong is no outage."""

    @abstractmethod
    def slow_ratio(self, window: str) -> str:
        """Share of answers that took longer than promised."""

    @abstractmethod
    def quantile(self, share: float, window: str, by: str = "project, environment") -> str:
        """The latency that this share of the answers keeps within, in seconds."""

    def p95(self, window: str, by: str = "project, environment") -> str:
        """95th percentile of the latency, in seconds."""
        return self.quantile(0.95, window, by)

    @abstractmethod
    def requests(self, window: str, by: str = "project, environment") -> str:
        """Requests a second."""

    @abstractmethod
    def turned_away(self, window: str) -> str:
        """Requests a second that found the server busy."""

    @abstractmethod
    def rows(self, window: str) -> str:
        """Predictions a second."""

    @abstractmethod
    def info(self) -> tuple[str, str]:
        """What is there as long as a server runs, as an expression, and the series it reads."""

    @abstractmethod
    def traffic(self, *, failed: float, slow: float, rows: float) -> Mapping[str, float]:
        """What the counters gain a minute where these shares fail and are slow, and ``rows`` a second are answered."""


def rate(series: str, window: str, by: str = "project, environment") -> str:
    """The sum of a counter's rates over all pods and versions."""
    return f"sum by ({by}) (rate({series}[{window}]))"
