"""Verdicts as Prometheus gauges, under the names of the metric table, on a small HTTP endpoint of their own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, start_http_server

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.verdict import Verdict
from mlops_gitops.spec.metrics import METRICS

_LABELS = ("project", "environment")


class VerdictExporter:
    """The last verdict of a project in an environment."""

    def __init__(self, project: str, environment: str) -> None:
        self._names = (project, environment)
        self._registry = CollectorRegistry()
        self._rows = self._gauge("model_monitored_rows", "Rows in the monitor's window.")
        self._drifted = self._gauge("model_drifted_columns", "Columns that drifted from the training baseline.")
        self._psi = self._gauge("model_drift_psi", "Population stability index of a column.", "column")
        self._distance = self._gauge("model_drift_distance", "KS distance or Cramér's V of a column.", "column")
        self._verdict = self._gauge("model_verdict", "Always 1; the detector's last word.", "kind", "outcome", "impact")
        self._baseline = self._gauge("model_metric_baseline", "What a metric is compared with.", "metric")
        self._attack = self._gauge("model_attack_success_ratio", "Attacked rows that change their prediction.")
        self._quality = {
            name: self._gauge(metric.prometheus, f"Last labelled value: {metric.description}.")
            for name, metric in METRICS.items()
            if metric.prometheus.startswith("model_") and not metric.prometheus.startswith("model_inference")
        }

    def _gauge(self, name: str, text: str, *more: str) -> Gauge:
        return Gauge(name, text, (*_LABELS, *more), registry=self._registry)

    def serve(self, host: str, port: int) -> None:
        """Answer ``/metrics`` from a thread of its own; raises ``OutsideError`` where the port is taken."""
        try:
            start_http_server(port, host, registry=self._registry)
        except OSError as error:
            why = error.strerror or str(error)
            raise OutsideError("the monitor cannot listen", where=f"{host}:{port}", why=why) from error

    def drift(self, verdict: Verdict) -> None:
        """Export a round of the monitor; what it could not judge keeps no number of an earlier round."""
        for gauge in (self._drifted, self._psi, self._distance):
            gauge.clear()
        self._rows.labels(*self._names).set(verdict.rows)
        if verdict.columns:
            self._drifted.labels(*self._names).set(sum(column.drifted for column in verdict.columns))
        for column in verdict.columns:
            self._psi.labels(*self._names, column.name).set(column.psi)
            self._distance.labels(*self._names, column.name).set(column.statistic)

    def attack(self, success: float | None) -> None:
        """Export which share of the attacked rows changed its prediction; nothing was attacked: no number."""
        self._attack.clear()
        if success is not None:
            self._attack.labels(*self._names).set(success)

    def quality(self, verdict: Verdict) -> None:
        """Export what the last labelled batch measured, what that was compared with, and the word on it."""
        for gauge in (*self._quality.values(), self._baseline, self._verdict):
            gauge.clear()
        self._verdict.labels(*self._names, "regression", verdict.outcome.value, verdict.severity.value).set(1)
        for change in verdict.metrics:
            if change.name in self._quality:
                self._quality[change.name].labels(*self._names).set(change.current)
                self._baseline.labels(*self._names, change.name).set(change.baseline)
