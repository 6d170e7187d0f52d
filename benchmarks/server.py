"""The model server against a bare FastAPI application that does nothing but call the same estimator.

Both run as processes of their own and are asked in turns, so that a busy machine slows both.  The bare one parses no
types, checks nothing, logs nothing and counts nothing: the ratio is the price of all that.

    python benchmarks/server.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WORDS = {"category": 8, "country": 8, "device": 4}
NUMBERS = 12
CLIENTS, REQUESTS = 10, 5
BATCHES = (1, 100, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", nargs=2, metavar=("PACKAGE", "PORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        serve_bare(Path(arguments.bare[0]), int(arguments.bare[1]))
        return
    with tempfile.TemporaryDirectory() as scratch, both_servers(Path(scratch)) as ports:
        print(f"{CLIENTS} clients, {REQUESTS} requests each, {arguments.rounds} rounds in turns; ms, requests/s")
        print(f"{'rows':>5}  {'':9} {'p50':>7} {'p95':>7} {'req/s':>7}   ratio of p50, p95, req/s")
        for batch in BATCHES:
            report(batch, ports, arguments.rounds)


def report(batch: int, ports: dict[str, int], rounds: int) -> None:
    body = json.dumps({"id": "", "inputs": tensors(batch)}).encode()
    for port in ports.values():
        load(port, body)  # warm-up
    assert scores(ports["bare"], body) == scores(ports["product"], body)
    taken: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            taken[name].append(load(port, body))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    for name, values in medians.items():
        ratios = "  ".join(f"{value / bare:.2f}" for value, bare in zip(values, medians["bare"], strict=True))
        print(f"{batch:>5}  {name:9}" + "".join(f"{value:8.1f}" for value in values) + f"   {ratios}")


def load(port: int, body: bytes) -> tuple[float, float, float]:
    """p50 and p95 in ms, and requests a second, of one burst."""

    def client(_: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        took = []
        for _request in range(REQUESTS):
            started = time.perf_counter()
            connection.request("POST", "/v2/models/bench/infer", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            took.append((time.perf_counter() - started) * 1000)
            assert answer.status == 200, content
        connection.close()
        return took

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = sorted(ms for one in pool.map(client, range(CLIENTS)) for ms in one)
    seconds = time.perf_counter() - started
    return took[len(took) // 2], took[int(len(took) * 0.95)], len(took) / seconds


def scores(port: int, body: bytes) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v2/models/bench/infer", body, {"Content-Type": "application/json"})
    answered: list[float] = json.loads(connection.getresponse().read())["outputs"][0]["data"]
    connection.close()
    return answered


def frame_of(rows: int) -> Any:
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(3)
    columns: dict[str, Any] = {
        name: pd.Categorical.from_codes(draw.integers(0, levels, rows), [f"{name}{code}" for code in range(levels)])
        for name, levels in WORDS.items()
    }
    return pd.DataFrame(columns | {f"x{number}": draw.normal(size=rows) for number in range(NUMBERS)})


def tensors(rows: int) -> list[dict[str, Any]]:
    frame = frame_of(rows)
    return [
        {"name": name, "shape": [rows], "datatype": "BYTES" if name in WORDS else "FP64", "data": frame[name].tolist()}
        for name in frame
    ]


def package(folder: Path) -> str:
    """Train a forest of the size that fraud detection needs, and package it."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    from mlops_gitops.stages.model_package import Feature, Manifest, write_package

    rows = frame_of(20_000)
    label = ((rows["x0"] * rows["x1"] + rows["x2"] > 0.5) ^ (rows["country"] == "country3")).astype(int)
    encode = ColumnTransformer([("words", OrdinalEncoder(), list(WORDS))], remainder="passthrough")
    model = Pipeline([("encode", encode), ("boost", HistGradientBoostingClassifier(max_iter=120, random_state=1))])
    model.fit(rows, label)
    features = tuple(
        Feature(name=name, type="category", values=tuple(rows[name].cat.categories))
        if name in WORDS
        else Feature(name=name, type="float")
        for name in rows
    )
    manifest = Manifest(
        project="bench", framework="scikit-learn", features=features, label="y", threshold=0.5,
        entrypoint="model:train", seed=1, python=sys.version.split()[0],
    )  # fmt: skip
    return write_package(folder, estimator=model, manifest=manifest, code={}, baseline=b"", requirements="")


@contextmanager
def both_servers(scratch: Path) -> Iterator[dict[str, int]]:
    from mlops_gitops.adapters.model_store import FolderModelStore

    digest = package(scratch / "package")
    FolderModelStore(scratch / "models").put(scratch / "package")
    serving = {"project": "bench", "environment": "bench", "model_version": 1, "model_digest": digest,
               "model_store": str(scratch / "models"), "inference_log": str(scratch / "log")}  # fmt: skip
    (scratch / "serving.json").write_text(json.dumps(serving))
    ports = {"bare": free_port(), "product": free_port()}
    product = ["-m", "mlops_gitops.server", "--config", str(scratch / "serving.json"), "--port", str(ports["product"])]
    bare = [__file__, "--bare", str(scratch / "package"), str(ports["bare"])]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    processes = [subprocess.Popen([sys.executable, *command], env=environment) for command in (bare, product)]
    try:
        for port in ports.values():
            wait_for(port)
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


def serve_bare(folder: Path, port: int) -> None:
    """What one would write in a quarter of an hour."""
    import joblib
    import pandas as pd
    import uvicorn
    from fastapi import Body, FastAPI

    model = joblib.load(folder / "model.joblib")
    app = FastAPI()

    @app.post("/v2/models/bench/infer")
    def infer(payload: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008
        rows = pd.DataFrame({tensor["name"]: tensor["data"] for tensor in payload["inputs"]})
        scores = model.predict_proba(rows)[:, 1]
        return {"outputs": [{"name": "score", "shape": [len(rows)], "datatype": "FP64", "data": scores.tolist()}]}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


if __name__ == "__main__":
    main()
