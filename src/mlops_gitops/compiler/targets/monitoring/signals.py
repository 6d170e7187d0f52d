"""The service levels as PromQL: which series of a runtime say how many requests failed, were slow, were answered.

Everything that reads them (recording rules, autoscaler, alerts, dashboard, generated tests) asks here, so that a
runtime with other series is one more row of this file.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.targets.monitoring.alert import here
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.metrics import METRICS

REQUESTS = METRICS["availability"].prometheus
ROWS = METRICS["throughput"].prometheus
LATENCY = METRICS["latency_p95_ms"].prometheus
# The promise is on the 95th percentile: one answer in twenty may take longer.
SLOW_BUDGET = 0.05


@dataclass(frozen=True, slots=True)
class Signals:
    """Series of one project in one environment; ``edge`` is the promised latency, in seconds, as a bucket is named."""

    project: Project
    environment: Environment

    @property
    def edge(self) -> str:
        """The histogram has a bucket at the promise itself, named as Prometheus' clients name it: `0.1`, `1.0`."""
        latency_ms = round(self.environment.spec.serving.slo.latency.total_seconds() * 1000, 3)
        return repr(latency_ms / 1000)

    def series(self, name: str, extra: str = "") -> str:
        """A series of this environment."""
        return name + here(self.project, self.environment, extra)

    def failed(self) -> str:
        """Requests that ought to have been answered, and were not."""
        return self.series(REQUESTS, ',outcome=~"failed|overloaded"')

    def judged(self) -> str:
        """Requests that ought to be answered: one that the client got wrong is no outage."""
        return self.series(REQUESTS, ',outcome!="bad_input"')

    def error_ratio(self, window: str) -> str:
        """Share of requests that were not answered."""
        return f"{rate(self.failed(), window)} / {rate(self.judged(), window)}"

    def slow_ratio(self, window: str) -> str:
        """Share of answers that took longer than promised."""
        within = rate(self.series(f"{LATENCY}_bucket", f',le="{self.edge}"'), window)
        return f"1 - {within} / {rate(self.series(f'{LATENCY}_count'), window)}"

    def p95(self, window: str, by: str = "project, environment") -> str:
        """95th percentile of the latency, in seconds."""
        buckets = f"rate({self.series(f'{LATENCY}_bucket')}[{window}])"
        return f"histogram_quantile(0.95, sum by ({by}, le) ({buckets}))"

    def requests(self, window: str, by: str = "project, environment") -> str:
        """Requests a second."""
        return rate(self.series(REQUESTS), window, by)

    def turned_away(self, window: str) -> str:
        """Requests a second that found the server busy."""
        return rate(self.series(REQUESTS, ',outcome="overloaded"'), window)

    def info(self) -> str:
        """A series that every server exports from its start."""
        return self.series("model_info")

    def rows(self, window: str) -> str:
        """Predictions a second."""
        return rate(self.series(ROWS), window)


def rate(series: str, window: str, by: str = "project, environment") -> str:
    """The sum of a counter's rates over all pods and versions."""
    return f"sum by ({by}) (rate({series}[{window}]))"
