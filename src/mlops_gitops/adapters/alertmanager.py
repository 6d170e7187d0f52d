"""Alertmanager's API, version 2: alerts are handed over as Prometheus hands them over."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.adapters.json_http import JsonService
from mlops_gitops.ports.alert_sink import Alert


class Alertmanager:
    """Implements ``ports.alert_sink.AlertSink`` for the Alertmanager at a base URL."""

    def __init__(self, url: str) -> None:
        self._service = JsonService(url)

    def send(self, alerts: Sequence[Alert]) -> None:
        """Post alerts; see the port."""
        self._service.ask("POST", "api/v2/alerts", [_plain(alert) for alert in alerts])


def _plain(alert: Alert) -> dict[str, object]:
    plain: dict[str, object] = {
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": alert.starts_at.isoformat(),
        "endsAt": alert.ends_at.isoformat(),
    }
    return plain | ({"generatorURL": alert.source} if alert.source else {})
