"""What the application answers, request by request, in this process."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.records.inference import InferenceChunk
from mlops_gitops.server.app import create_app
from mlops_gitops.server.config import ServerConfig, load_config
from mlops_gitops.server.service import warm_up_row
from mlops_gitops.stages.model_package import LoadedModel, load_package

INFER = "/v2/models/cards/infer"


class ListLog:
    """An inference log in memory."""

    def __init__(self) -> None:
        self.chunks: list[InferenceChunk] = []
        self.closed = False

    def append(self, chunk: InferenceChunk) -> bool:
        self.chunks.append(chunk)
        return True

    def dropped_rows(self) -> int:
        return 11

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def model(released) -> LoadedModel:
    return load_package(released.store / released.digest.removeprefix("sha256:"), released.digest)


@pytest.fixture(scope="module")
def config(released, tmp_path_factory: pytest.TempPathFactory) -> ServerConfig:
    return load_config(released.config(tmp_path_factory.mktemp("config"), max_rows=100, max_body_bytes=40_000))


@pytest.fixture
def log() -> ListLog:
    return ListLog()


@pytest.fixture
def client(config: ServerConfig, model: LoadedModel, log: ListLog) -> Iterator[TestClient]:
    with TestClient(create_app(config, model, log), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def row(released) -> dict[str, Any]:
    """One good row by column."""
    return {tensor["name"]: tensor["data"][0] for tensor in released.inputs(released.rows.head(1))}


def tensors(released, **changes: Any) -> list[dict[str, Any]]:
    """Two good rows as V2 inputs; ``column={"data": …}`` replaces keys of one input, ``None`` leaves it out."""
    inputs = [tensor | (changes.get(tensor["name"], {}) or {}) for tensor in released.inputs(released.rows.head(2))]
    return [tensor for tensor in inputs if changes.get(tensor["name"], {}) is not None]


def test_the_description_of_server_and_model(client: TestClient) -> None:
    assert client.get("/v2").json()["name"] == "mlops-gitops"
    assert client.get("/v2/health/live").json() == {"live": True}
    described = client.get("/v2/models/cards").json()
    assert (described["name"], described["versions"], described["platform"]) == ("cards", ["3"], "scikit-learn")
    assert described["inputs"][0] == {"name": "amount", "datatype": "FP64", "shape": [-1]}
    assert [one["datatype"] for one in described["inputs"]] == ["FP64", "INT64", "INT64", "BYTES"]
    assert client.get("/v2/models/cards/versions/3/ready").json() == {"name": "cards", "ready": True}


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/v2/models/other", 'unknown model "other"; this server has "cards"'),
        ("POST", "/v2/models/other/infer", 'unknown model "other"'),
        ("POST", "/v2/models/cards/versions/2/infer", 'unknown version "2" of cards; this server has 3'),
        ("GET", "/nowhere", "Not Found"),
        ("GET", "/docs", "Not Found"),
    ],
)
def test_what_is_not_there_is_404_in_json(client: TestClient, method: str, path: str, said: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert said in answer.json()["error"]


def test_nested_data_and_chosen_outputs(client: TestClient, released) -> None:
    inputs = [tensor | {"shape": [2, 1], "data": [[value] for value in tensor["data"]]} for tensor in tensors(released)]
    body = client.post(INFER, json={"inputs": inputs, "outputs": [{"name": "score"}]}).json()
    assert [output["name"] for output in body["outputs"]] == ["score"]
    assert body["outputs"][0]["data"] == released.scores[:2].tolist()


def test_columns_that_the_model_does_not_know_are_left_out(client: TestClient, released, row) -> None:
    extra = {"name": "device_trust", "shape": [2], "datatype": "FP32", "data": [1, 2]}
    assert client.post(INFER, json={"inputs": [*tensors(released), extra]}).status_code == 200
    assert client.post("/predict", json={"rows": [row | {"device_trust": 1}]}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": None}, 'missing column "amount"'),
        ({"amount": {"data": [1.0, None]}}, '"amount", row 1: null'),
        ({"amount": {"datatype": "FP16"}}, "unknown datatype 'FP16'"),
        ({"amount": {"datatype": "BYTES"}}, "is not BYTES"),
        ({"amount": {"data": ["1", "2"]}}, "'1' is not FP64"),
        ({"amount": {"data": [True, False]}}, "'True' is not FP64"),
        ({"amount": {"datatype": "BYTES", "data": ["1", "2"]}}, '"1" is str, a number is expected'),
        ({"amount": {"data": [1.0]}}, "the shape says 2 rows, data has 1"),
        ({"amount": {"data": [[1.0, 2.0], [1.0, 2.0]]}}, "is not FP64"),
        ({"amount": {"shape": [3], "data": [1, 2, 3]}}, "differ in their number of rows: 2, 3"),
        ({"amount": {"shape": [2, 2]}}, "neither [n] nor [n, 1]"),
        ({"amount": {"shape": 2}}, "neither [n] nor [n, 1]"),
        ({"amount": {"shape": [True]}}, "neither [n] nor [n, 1]"),
        ({"amount": {"shape": [0], "data": []}}, "0 rows; a request holds 1 to 100"),
        ({"amount": {"shape": [101], "data": [1.0] * 101}}, "101 rows; a request holds 1 to 100"),
        ({"amount": {"data": None, "parameters": {"binary_data_size": 16}}}, "binary form is not supported"),
        ({"amount": {"name": "logins"}}, 'input "logins" is given twice'),
        ({"amount": {"name": 5}}, "not an object with a name"),
        ({"logins": {"datatype": "INT32", "data": [1, 2**31]}}, "'2147483648' is not INT32"),
        ({"logins": {"data": [1, 2**63]}}, "is not INT64"),
        ({"logins": {"data": [True, 1]}}, "'True' is not INT64"),
        ({"amount": {"shape": [2, 1], "data": [[1.0], 2.0, [3.0]]}}, "the shape says 2 rows, data has 3"),
        ({"amount": {"shape": [2, 1], "data": [[1.0], [[2.0]]]}}, "row 1: '[2.0]' is not FP64"),
        ({"logins": {"datatype": "FP64", "data": [1.5, 2]}}, "1.5 is not a whole number"),
        ({"country": {"data": ["DE", "XX"]}}, 'unknown category "XX"; known are BR, DE, FR'),
        ({"country": {"data": ["DE", "\ud800"]}}, "unknown category"),
    ],
)
def test_bad_tensors_are_400_with_a_reason(client: TestClient, released, log, changes, said) -> None:
    # ensure_ascii keeps a lone surrogate as an escape, as a careless client would.
    content = json.dumps({"inputs": tensors(released, **changes)})
    answer = client.post(INFER, content=content)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["error"]
    assert log.chunks == []


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"[]", 400, "not a JSON object"),
        (b"\xff\xfe{}", 400, "not JSON in UTF-8"),
        (b'{"inputs": NaN}', 400, "NaN is not a JSON number; write null"),
        (b'{"inputs": [-Infinity]}', 400, "-Infinity is not a JSON number"),
        (b"[" * 30_000, 400, "nested too deeply"),
        (b'{"inputs": [' + b"1" * 5000 + b"]}", 400, "not JSON"),
        (b'{"inputs": []}', 400, "not a list of tensors"),
        (b'{"inputs": 5}', 400, "not a list of tensors"),
        (b'{"inputs": [5]}', 400, "not an object with a name"),
        (b'{"id": 7, "inputs": [{}]}', 400, "id is not a text"),
        (b'{"id": "%s", "inputs": [{}]}' % (b"x" * 257), 400, "id is not a text of at most 256"),
        (b" " * 40_001, 413, "longer than 40000 bytes"),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(client: TestClient, content: bytes, status: int, said: str) -> None:
    answer = client.post(INFER, content=content)
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_a_long_body_without_length_is_cut_off(client: TestClient) -> None:
    answer = client.post(INFER, content=(b" " * 1000 for _ in range(100)))
    assert answer.status_code == 413


@pytest.mark.parametrize("outputs", [[{"name": "shap"}], 5, [5], {"name": "score"}, ["shap"]])
def test_unknown_outputs_are_refused(client: TestClient, released, outputs) -> None:
    answer = client.post(INFER, json={"inputs": tensors(released), "outputs": outputs})
    assert answer.status_code == 400
    assert "known are score, prediction" in answer.json()["error"]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, "rows is not a list of 1 to 100 rows"),
        ({"rows": []}, "rows is not a list"),
        ({"rows": {}}, "rows is not a list"),
        ({"rows": [{}] * 101}, "rows is not a list of 1 to 100"),
        ({"rows": [5]}, "row 0 is not an object"),
        ({"rows": [{}]}, 'row 0: missing column "amount"'),
    ],
)
def test_bad_plain_rows_are_400_with_a_reason(client: TestClient, payload, said) -> None:
    answer = client.post("/predict", json=payload)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_huge_number_is_refused_as_infinite(client: TestClient, row) -> None:
    answer = client.post("/predict", content=json.dumps({"rows": [row]}).replace(str(row["amount"]), "1e999"))
    assert (answer.status_code, answer.json()["error"]) == (400, 'column "amount", row 0: the number is infinite')


def test_null_is_taken_where_the_contract_allows_it(client: TestClient, row, log: ListLog) -> None:
    assert client.post("/predict", json={"rows": [row | {"age_days": None}]}).status_code == 200
    assert log.chunks[0].features["age_days"] == [None]
    assert len(log.chunks[0].request_id) == 32


def test_a_request_id_that_is_no_unicode_comes_back(client: TestClient, released) -> None:
    content = json.dumps({"id": "\ud83d", "inputs": tensors(released)})
    assert json.loads(client.post(INFER, content=content).content)["id"] == "\ud83d"


def test_not_ready_before_the_warm_up_and_closed_after(config: ServerConfig, model: LoadedModel, log: ListLog) -> None:
    app = create_app(config, model, log)
    cold = TestClient(app)
    assert cold.get("/v2/health/live").status_code == 200
    for path in ("/v2/health/ready", "/health", "/v2/models/cards/ready"):
        assert cold.get(path).status_code == 503
    assert cold.post("/predict", json={}).status_code == 503
    with TestClient(app) as warm:
        assert warm.get("/v2/health/ready").json() == {"ready": True}
        assert warm.get("/health").json()["model_version"] == 3
    assert log.closed


class Broken:
    """An estimator that fails, or waits, once it is past its warm-up."""

    def __init__(self, then) -> None:
        self.calls, self.then = 0, then

    def predict_proba(self, frame) -> np.ndarray:
        self.calls += 1
        if self.calls > 1:
            return self.then(frame)
        return np.full((len(frame), 2), 0.5)


def metric(client: TestClient, name: str) -> float:
    lines = [line for line in client.get("/metrics").text.splitlines() if name in line and not line.startswith("#")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


@pytest.mark.parametrize("then", [lambda frame: 1 / 0, lambda frame: np.full((len(frame), 2), np.nan)])
def test_a_failing_model_is_500_and_counted_not_explained_to_clients(config, model, log, row, then) -> None:
    app = create_app(config, replace(model, estimator=Broken(then)), log)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post("/predict", json={"rows": [row]})
        assert answer.status_code == 500
        assert answer.json() == {"error": "the model failed on this request; see the server's log"}
        assert metric(client, 'outcome="failed"') == 1
        assert metric(client, "model_inference_latency_seconds_count") == 0
        assert metric(client, "model_inference_log_dropped_rows_total") == 11


def test_a_model_that_cannot_score_its_warm_up_never_serves(config, model, log) -> None:
    broken = Broken(lambda frame: 1 / 0)
    broken.calls = 1
    with pytest.raises(ZeroDivisionError), TestClient(create_app(config, replace(model, estimator=broken), log)):
        raise AssertionError("it started")


def test_more_than_the_queue_holds_is_503_at_once(config: ServerConfig, model: LoadedModel, log, row) -> None:
    gate = threading.Event()

    def wait(frame) -> np.ndarray:
        assert gate.wait(20)
        return np.full((len(frame), 2), 0.5)

    small = config.model_copy(update={"max_waiting": 3})
    with TestClient(create_app(small, replace(model, estimator=Broken(wait)), log)) as client:
        answers: list[int] = []
        askers = [
            threading.Thread(target=lambda: answers.append(client.post("/predict", json={"rows": [row]}).status_code))
            for _ in range(5)
        ]
        for asker in askers:
            asker.start()
        deadline = time.monotonic() + 10
        while metric(client, 'outcome="overloaded"') < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert client.get("/health").status_code == 200
        assert answers == [503, 503]
        gate.set()
        for asker in askers:
            asker.join()
        assert sorted(answers) == [200, 200, 200, 503, 503]


def test_the_warm_up_row_is_the_manifests_example_where_it_has_one(model: LoadedModel) -> None:
    assert warm_up_row(model) == {"amount": [0.0], "logins": [0], "age_days": [0], "country": ["BR"]}
    example = {"amount": 12.5, "logins": 1, "age_days": None, "country": "DE"}
    taught = replace(model, manifest=model.manifest.model_copy(update={"example": example}))
    assert warm_up_row(taught) == {name: [value] for name, value in example.items()}
    assert taught.score(warm_up_row(taught)).shape == (1,)


def test_nothing_released_is_refused(config: ServerConfig, model: LoadedModel, log) -> None:
    with pytest.raises(UsageError, match="nothing is released"):
        create_app(config.model_copy(update={"model_version": None}), model, log)
