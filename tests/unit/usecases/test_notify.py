"""How a run ended, told through a real HTTP request as Alertmanager's API (version 2) takes it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mlops_gitops.adapters.alertmanager import Alertmanager
from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.usecases.notify import Ended, RunEnd, notify
from tests.factory import CONFIG, Content, compiled, edited

AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


class Sink(ThreadingHTTPServer):
    """Keeps what was posted; answers as Alertmanager does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, list[dict[str, Any]]]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def tell(sink: Sink, status: Ended, changes: dict[str, Content] | None = None) -> tuple[str, ...]:
    (project,) = compiled(changes).projects
    end = RunEnd(status, "4e1c9b2" + "0" * 33, "https://ci.example.com/9", AT)
    return notify(project, end, Alertmanager(sink.url))


def test_a_failure_goes_the_way_of_the_projects_other_alerts(sink: Sink) -> None:
    assert tell(sink, Ended.FAILED) == ("slack",)
    ((path, (alert,)),) = sink.posted
    assert path == "/api/v2/alerts"
    assert alert["labels"] == {
        "alertname": "MlopsPipelineFailed", "severity": "warning", "project": "fraud-detection",
        "environment": "staging", "channels": "slack",
    }  # fmt: skip
    assert alert["annotations"]["summary"] == "the pipeline of fraud-detection failed at commit 4e1c9b2"
    assert alert["generatorURL"] == "https://ci.example.com/9"
    assert datetime.fromisoformat(alert["endsAt"]) == AT + timedelta(days=1)


def test_a_run_that_passed_ends_the_failures_alert(sink: Sink) -> None:
    tell(sink, Ended.FAILED)
    tell(sink, Ended.PASSED)
    (_, (failed,)), (_, (over, passed)) = sink.posted
    assert over["labels"] == failed["labels"]
    assert datetime.fromisoformat(over["endsAt"]) == AT
    assert passed["labels"]["severity"] == "info"


def test_an_alertmanager_that_refuses(sink: Sink) -> None:
    sink.status = 400
    with pytest.raises(OutsideError, match="400"):
        tell(sink, Ended.FAILED)


def test_a_project_without_channels(sink: Sink) -> None:
    with pytest.raises(UsageError, match="no channel"):
        tell(sink, Ended.FAILED, edited(CONFIG, ("alerting:\n  channels:\n    - slack\n", "alerting: {}\n")))
    assert not sink.posted
