"""The real server, as the process that a Deployment runs."""

import asyncio
import http.client
import json
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest

from mlops_gitops.adapters.inference_log import JsonLinesInferenceHistory

pytestmark = pytest.mark.slow


def read_log(folder: Path):
    now = datetime.now(UTC)
    return JsonLinesInferenceHistory(folder).read("cards", now - timedelta(hours=1), now + timedelta(hours=1))


def test_both_protocols_give_the_estimators_own_scores(served, released) -> None:
    rows = released.rows.head(50)
    v2 = httpx.post(f"{served.url}/v2/models/cards/infer", json={"id": "r-1", "inputs": released.inputs(rows)})
    assert v2.status_code == 200
    body = v2.json()
    assert (body["id"], body["model_name"], body["model_version"]) == ("r-1", "cards", "3")
    score, prediction = body["outputs"]
    assert (score["name"], score["datatype"], score["shape"]) == ("score", "FP64", [50])
    assert (prediction["name"], prediction["datatype"], prediction["shape"]) == ("prediction", "INT64", [50])
    assert score["data"] == released.scores[:50].tolist()
    assert prediction["data"] == (released.scores[:50] >= 0.5).astype(int).tolist()

    records = [{tensor["name"]: tensor["data"][row] for tensor in released.inputs(rows)} for row in range(50)]
    plain = httpx.post(f"{served.url}/predict", json={"rows": records}).json()
    assert plain["model_version"] == 3
    assert [row["score"] for row in plain["predictions"]] == score["data"]
    assert [row["label"] for row in plain["predictions"]] == prediction["data"]


def test_answers_are_logged_with_the_clients_row_ids(served, released) -> None:
    sent = httpx.post(
        f"{served.url}/v2/models/cards/infer", json={"id": "batch-7", "inputs": released.inputs(released.rows.head(3))}
    )
    deadline = time.monotonic() + 5
    wanted = ["batch-7/0", "batch-7/1", "batch-7/2"]
    while not set(wanted) <= set((rows := read_log(served.folder / "inference")).row_ids):
        assert time.monotonic() < deadline, "the row never reached the log"
        time.sleep(0.02)
    places = [rows.row_ids.index(name) for name in wanted]
    assert [rows.scores[place] for place in places] == sent.json()["outputs"][0]["data"]
    assert [rows.features["amount"][place] for place in places] == released.rows["amount"].head(3).tolist()
    assert {rows.model_versions[place] for place in places} == {3}


def test_metrics_count_by_outcome_and_know_the_slo(served, released) -> None:
    def value(pattern: str) -> float:
        text = httpx.get(f"{served.url}/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(pattern, line))

    names = (
        r'model_inference_rows_total\{environment="staging",model_version="3",project="cards"\}',
        r'model_inference_requests_total\{.*outcome="ok"',
        r'model_inference_requests_total\{.*outcome="bad_input"',
        r"model_inference_latency_seconds_count",
    )
    before = [value(name) for name in names]
    inputs = released.inputs(released.rows.head(20))
    assert httpx.post(f"{served.url}/v2/models/cards/infer", json={"inputs": inputs}).status_code == 200
    assert httpx.post(f"{served.url}/v2/models/cards/infer", json={"inputs": inputs[:2]}).status_code == 400
    assert [value(name) - old for name, old in zip(names, before, strict=True)] == [20, 1, 1, 1]
    assert value(r'model_inference_latency_seconds_bucket\{.*le="0.08"') > 0
    assert value(rf'model_info\{{.*model_digest="{released.digest}"') == 1
    assert value(r"process_resident_memory_bytes") > 0


def test_ten_clients_of_five_requests_are_all_answered(served, released) -> None:
    records = released.inputs(released.rows.head(1))
    took_ms: list[float] = []

    def client(_: int) -> None:
        with httpx.Client(base_url=served.url) as connection:
            for _request in range(5):
                started = time.perf_counter()
                answer = connection.post("/v2/models/cards/infer", json={"inputs": records})
                took_ms.append((time.perf_counter() - started) * 1000)
                assert answer.json()["outputs"][0]["data"] == [released.scores[0]]

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(client, range(10)))
    assert len(took_ms) == 50
    print(f"p50 {np.quantile(took_ms, 0.5):.1f} ms, p95 {np.quantile(took_ms, 0.95):.1f} ms")


def test_no_answer_waits_for_an_acknowledgement(served) -> None:
    connection = http.client.HTTPConnection(served.url.removeprefix("http://"))
    took_ms = []
    for _ in range(20):
        started = time.perf_counter()
        connection.request("GET", "/v2/health/live")
        connection.getresponse().read()
        took_ms.append((time.perf_counter() - started) * 1000)
    # Nagle's algorithm against delayed acknowledgements costs 40 ms each time; a busy machine costs some of them some.
    assert sorted(took_ms)[5] < 30


def test_health_answers_while_big_requests_are_scored(served, released) -> None:
    big = released.inputs(released.rows.sample(8000, replace=True, random_state=1))

    async def load() -> list[int]:
        async with httpx.AsyncClient(base_url=served.url, timeout=30) as connection:
            work = [
                asyncio.ensure_future(connection.post("/v2/models/cards/infer", json={"inputs": big})) for _ in range(6)
            ]
            alive = []
            while not all(task.done() for task in work):
                started = time.perf_counter()
                assert (await connection.get("/v2/health/live")).status_code == 200
                alive.append(time.perf_counter() - started)
                await asyncio.sleep(0.02)
            assert max(alive) < 2.0
            return [task.result().status_code for task in work]

    assert asyncio.run(load()) == [200] * 6


def test_sigterm_answers_what_was_asked_then_flushes_the_log_and_ends_well(released, tmp_path: Path) -> None:
    inputs = released.inputs(released.rows.sample(9000, replace=True, random_state=2))
    body = json.dumps({"id": "last", "inputs": inputs}).encode()
    with released.running(released.config(tmp_path)) as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
        connection.putrequest("POST", "/v2/models/cards/infer")
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        assert connection.sock.recv(4, socket.MSG_PEEK) == b"HTTP"  # "100 Continue": it has begun to read
        connection.send(body)
        server.process.send_signal(signal.SIGTERM)
        assert connection.getresponse().status == 200
        assert server.process.wait(20) == 0
        assert read_log(tmp_path / "inference").row_ids.count("last/8999") == 1


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"model_version": None, "model_digest": None}, 2, "nothing is released: cards in staging"),
        ({"model_digest": "sha256:" + "0" * 64}, 3, "the model store lacks package 0000000000"),
        ({"model_digest": "latest"}, 2, "model_digest"),
        ({"sl0": {}}, 2, "sl0: Extra inputs are not permitted"),
        ({"project": ""}, 2, "project"),
    ],
)
def test_a_wrong_configuration_ends_it_with_a_reason(released, tmp_path: Path, changes, code, said) -> None:
    config = released.config(tmp_path, **changes)
    ended = subprocess.run(released.command(config), capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_changed_package_is_not_loaded(released, tmp_path: Path) -> None:
    import shutil

    name = released.digest.removeprefix("sha256:")
    shutil.copytree(released.store / name, tmp_path / "models" / name)
    (tmp_path / "models" / name / "code").mkdir()
    (tmp_path / "models" / name / "code" / "sklearn.py").write_text("raise SystemExit('taken over')")
    config = released.config(tmp_path, model_store=str(tmp_path / "models"))
    ended = subprocess.run(released.command(config), capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 4
    assert "code/sklearn.py does not belong to it" in ended.stderr


def test_a_busy_port_is_told_before_the_model_is_loaded(released, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        config = released.config(tmp_path)
        ended = subprocess.run(released.command(config, port), capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 3
    assert f"port {port} cannot be taken" in ended.stderr
