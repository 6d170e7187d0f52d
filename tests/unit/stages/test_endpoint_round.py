"""One round at an endpoint: a real one of the product is used by the run's tests; here it misbehaves."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pandas as pd
import pytest

from mlops_gitops.stages.endpoint_round import ROUNDS, measure, measure_calm
from mlops_gitops.stages.model_package import Feature, Manifest
from tests.small_project import SPEC, changed, project_of, write_project

COUNT = 50


class Endpoint(BaseHTTPRequestHandler):
    """Answers every second request with an error; keeps what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[dict]] = []

    def do_GET(self):
        self._answer(503, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self._answer(200 if len(self.asked) % 2 else 500, {"model_version": "4"})

    def _answer(self, status, content):
        encoded = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *_):
        pass


@pytest.fixture
def given(tmp_path):
    write_project(tmp_path)
    features = (Feature(name="debt", type="int", nullable=True), Feature(name="kind", type="category"))
    manifest = Manifest(
        project="loans", framework="x", features=features, label="late", threshold=0.5, entrypoint="m:f", seed=1,
        python="3",
    )  # fmt: skip
    (tmp_path / "model.json").write_bytes(manifest.to_bytes())
    pd.DataFrame({"debt": [1.0, None, 3.0], "kind": ["a", "b", "c"]}).to_parquet(tmp_path / "test.parquet")
    return project_of(tmp_path), tmp_path / "test.parquet", tmp_path


def test_failures_count_and_the_health_is_asked(given):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = measure(f"http://127.0.0.1:{server.server_port}", *given)
    finally:
        server.shutdown()
    assert found.metrics["requests"] == COUNT
    assert found.metrics["availability"] == pytest.approx(0.5, abs=0.02)
    assert found.metrics["healthy"] == 0.0
    assert found.versions == {"4"}
    values = [body["inputs"][0]["data"][0] for body in Endpoint.asked]
    assert {1.0, 3.0, None} == set(values)  # real rows, gaps included


class Willing(Endpoint):
    """Answers everybody; keeps who asked."""

    callers: ClassVar[list[tuple[str, int]]] = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.callers.append(self.client_address)
        self._answer(200, {"model_version": "4"})


def test_the_load_is_the_configured_one(given):
    _, test, folder = given
    project = project_of(folder, changed(SPEC, testing={"inference": {"clients": 3, "requests_per_client": 4}}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Willing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = measure(f"http://127.0.0.1:{server.server_port}", project, test, folder)
    finally:
        server.shutdown()
        server.server_close()
    assert found.metrics["requests"] == 12
    _, *callers = Willing.callers
    assert sorted(Counter(callers).values()) == [4, 4, 4]


def test_an_endpoint_that_is_not_there_is_measured_as_such(given):
    found = measure("http://127.0.0.1:9", *given)
    assert found.metrics["availability"] == 0.0
    assert found.metrics["latency_p95_ms"] == 10_000
    assert len(found.failures) == 10


class SlowStart(Endpoint):
    """Takes its time for the first round, as beside processes that still start; then it is quick."""

    asked: ClassVar[list[dict]] = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append({})
        if len(self.asked) <= COUNT:
            time.sleep(0.06)
        self._answer(200, {"model_version": "4"})


def test_a_slow_round_is_looked_at_again_and_every_look_is_kept(given):
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowStart)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = measure_calm(f"http://127.0.0.1:{server.server_port}", *given, limit_ms=55)
    finally:
        server.shutdown()
        server.server_close()
    first, *others = found.p95_ms_by_round
    assert first >= 60
    assert 1 <= len(others) < ROUNDS
    assert found.metrics["latency_p95_ms"] == others[-1]
    assert found.metrics["requests"] == COUNT * len(found.p95_ms_by_round)
    assert found.metrics["availability"] == 1
