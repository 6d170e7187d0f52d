"""The V2 client against a real HTTP server that can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from mlops_gitops.adapters.http_endpoint import HttpEndpoint
from mlops_gitops.diagnostics import OutsideError, UsageError

ENDPOINT = HttpEndpoint(chunk_rows=100, timeout_s=5.0, pause_s=0.01)


class V2Server(ThreadingHTTPServer):
    """Answers the sum of each row's numbers as its score; ``script`` holds what to do instead, one a request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = deque()
        self.requests = []
        self.connections = set()
        self.version = "2"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.connections.add(self.client_address)
        request = json.loads(body)
        self.server.requests.append((self.path, request))
        step = self.server.script.popleft() if self.server.script else None
        if step == "hang up":
            self.close_connection = True
            self.connection.close()
        elif isinstance(step, tuple):
            self.answer(*step)
        else:
            self.answer(200, json.dumps(self.scored(request)).encode())

    def scored(self, request):
        numbers = [tensor["data"] for tensor in request["inputs"] if tensor["datatype"] in ("FP64", "INT64")]
        scores = [sum(value or 0 for value in row) for row in zip(*numbers, strict=True)]
        outputs = [
            {"name": "score", "shape": [len(scores)], "datatype": "FP64", "data": scores},
            {"name": "prediction", "shape": [len(scores)], "datatype": "INT64", "data": [int(s > 1) for s in scores]},
        ]
        return {"model_name": "m", "model_version": self.server.version, "outputs": outputs}

    def answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with V2Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_rows_go_in_chunks_over_one_connection_and_come_back_in_order(server):
    x = np.linspace(0.0, 2.0, 250)
    answer = ENDPOINT.infer(server.url + "/", "fraud detection", {"x": x, "n": [1] * 250}, 250)
    np.testing.assert_allclose(answer.scores, x + 1)
    np.testing.assert_array_equal(answer.predictions, (x + 1 > 1).astype(int))
    assert (answer.model_version, answer.failures, len(answer.latencies_s)) == ("2", 0, 3)
    assert min(answer.latencies_s) > 0
    assert [len(request["inputs"][0]["data"]) for _, request in server.requests] == [100, 100, 50]
    assert {path for path, _ in server.requests} == {"/v2/models/fraud%20detection/infer"}
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    ("values", "datatype", "data"),
    [
        ([1, 2, None], "INT64", [1, 2, None]),
        (np.array([1, 2], dtype=np.int32), "INT64", [1, 2]),
        ([1, 2.5], "FP64", [1, 2.5]),
        (np.array([1.5, np.nan], dtype=np.float32), "FP64", [1.5, None]),
        ([None, float("nan")], "FP64", [None, None]),
        ([True, None], "BOOL", [True, None]),
        (["a", None], "BYTES", ["a", None]),
        (np.array(["a", "b"]), "BYTES", ["a", "b"]),
        (["a", 1], "BYTES", ["a", "1"]),
    ],
)
def test_values_become_tensors(server, values, datatype, data):
    rows = len(data)
    ENDPOINT.infer(server.url, "m", {"x": values, "one": [1.0] * rows}, rows)
    tensor = server.requests[0][1]["inputs"][0]
    assert tensor == {"name": "x", "shape": [rows], "datatype": datatype, "data": data}


def test_a_passing_failure_is_repeated_and_counted(server):
    server.script.extend([(503, b'{"error": "busy"}'), "hang up"])
    answer = ENDPOINT.infer(server.url, "m", {"x": [1.0, 2.0]}, 2)
    assert (answer.failures, len(answer.latencies_s)) == (2, 1)
    np.testing.assert_allclose(answer.scores, [1.0, 2.0])


def test_a_lasting_failure_is_told(server):
    server.script.extend([(503, b'{"error": "busy or not ready"}')] * 3)
    with pytest.raises(OutsideError, match="did not answer in 3 attempts") as caught:
        ENDPOINT.infer(server.url, "m", {"x": [1.0]}, 1)
    assert caught.value.why == "HTTP 503: busy or not ready"
    assert caught.value.where == server.url + "/v2/models/m/infer"
    assert caught.value.todo


def test_a_refusal_is_final_and_carries_the_servers_words(server):
    server.script.append((400, b'{"error": "column \\"country\\", row 0: unknown category"}'))
    with pytest.raises(OutsideError, match="refused the rows") as caught:
        ENDPOINT.infer(server.url, "m", {"x": [1.0]}, 1)
    assert caught.value.why == 'HTTP 400: column "country", row 0: unknown category'
    assert len(server.requests) == 1


def test_nobody_listens():
    with V2Server() as gone:
        url = gone.url
    with pytest.raises(OutsideError, match="did not answer") as caught:
        ENDPOINT.infer(url, "m", {"x": [1.0]}, 1)
    assert "ConnectionRefusedError" in caught.value.why


def answered(scores, predictions, **other):
    outputs = [{"name": "score", "data": scores}, {"name": "prediction", "data": predictions}]
    return json.dumps({"model_version": "2", "outputs": outputs, **other}).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "not a V2 answer"),
        (answered([0.5], [1], outputs=[{"name": "score", "data": [0.5]}]), "not a V2 answer"),
        (answered([0.5], [1]).replace(b"model_version", b"version"), "not a V2 answer"),
        (answered([0.5, 0.6], [1]), "not a V2 answer"),
        (answered([float("nan")], [1]), "not a V2 answer"),
        (answered([0.5], [7]), "not a V2 answer"),
        (answered(["high"], [1]), "not a V2 answer"),
    ],
    ids=["html", "list", "one output", "no version", "two scores", "NaN", "seven", "text"],
)
def test_a_wrong_answer_is_told(server, content, says):
    server.script.append((200, content))
    with pytest.raises(OutsideError, match=says):
        ENDPOINT.infer(server.url, "m", {"x": [1.0]}, 1)


def test_a_version_that_changes_half_way_is_an_error(server):
    first = {
        "model_version": "1",
        "outputs": [{"name": "score", "data": [0.0] * 100}, {"name": "prediction", "data": [0] * 100}],
    }
    server.script.append((200, json.dumps(first).encode()))
    with pytest.raises(OutsideError, match="changed while the rows went through: 1 and 2"):
        ENDPOINT.infer(server.url, "m", {"x": np.zeros(150)}, 150)


@pytest.mark.parametrize(
    ("url", "columns", "says"),
    [
        ("ftp://somewhere", {"x": [1.0]}, "no http or https address"),
        ("http://127.0.0.1:9", {"x": [np.inf]}, "column x holds infinity"),
        ("http://127.0.0.1:9", {"x": [1.0, 2.0]}, "column x has shape"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(url, columns, says):
    with pytest.raises(UsageError, match=says):
        ENDPOINT.infer(url, "m", columns, 1)
