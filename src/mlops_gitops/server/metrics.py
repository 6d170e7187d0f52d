"""What the server exports to Prometheus, under the names of ``spec.metrics``.

Every series carries project, environment and model version.  Availability is the share of ``ok`` among ``ok``,
``failed`` and ``overloaded``: a bad request is the client's, not an outage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from mlops_gitops.server.config import ServerConfig
from mlops_gitops.spec.metrics import METRICS

_EDGES_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5)
_LABELS = ("project", "environment", "model_version")


class Outcome(Enum):
    """How an inference request ended."""

    OK = "ok"
    BAD_INPUT = "bad_input"
    OVERLOADED = "overloaded"
    FAILED = "failed"


class _DroppedRows(Collector):
    """The log counts for itself, in its own thread; it is asked when metrics are."""

    def __init__(self, names: tuple[str, ...], dropped_rows: Callable[[], int]) -> None:
        self._names, self._dropped_rows = names, dropped_rows

    def collect(self) -> Iterable[Metric]:
        what = "Answered rows that the inference log had no room for or could not write."
        family = CounterMetricFamily("model_inference_log_dropped_rows", what, labels=_LABELS)
        family.add_metric(self._names, self._dropped_rows())
        yield family


class ServerMetrics:
    """One server's series, in a registry of their own."""

    def __init__(self, config: ServerConfig, version: int, digest: str, dropped_rows: Callable[[], int]) -> None:
        # A second series for each one, with its birth time, is of no use here.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        names = (config.project, config.environment, str(version))
        latency, requests, rows = (
            METRICS[name].prometheus for name in ("latency_p95_ms", "availability", "throughput")
        )
        edges = sorted({*_EDGES_S, config.slo.latency_ms / 1000})
        counted = Counter(requests, "Inference requests by outcome.", (*_LABELS, "outcome"), registry=self._registry)
        self._requests = {outcome: counted.labels(*names, outcome.value) for outcome in Outcome}
        self._rows = Counter(rows, "Rows answered.", _LABELS, registry=self._registry).labels(*names)
        self._latency = Histogram(
            latency,
            "Time from a request's first byte to its answer, of requests answered.",
            _LABELS,
            buckets=edges,
            registry=self._registry,
        ).labels(*names)
        info = Gauge("model_info", "Always 1; which model serves.", (*_LABELS, "model_digest"), registry=self._registry)
        info.labels(*names, digest).set(1)
        self._registry.register(_DroppedRows(names, dropped_rows))
        ProcessCollector(registry=self._registry)

    def count(self, outcome: Outcome, rows: int, seconds: float) -> None:
        """Count one request; latency and rows only where it was answered, for a refusal is quick."""
        self._requests[outcome].inc()
        if outcome is Outcome.OK:
            self._rows.inc(rows)
            self._latency.observe(seconds)

    def text(self) -> bytes:
        """The exposition in Prometheus' text format."""
        return generate_latest(self._registry)
