"""A small real model in a real store, and a server process that serves it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlops_gitops.adapters.model_store import FolderModelStore
from mlops_gitops.stages.model_package import Feature, Manifest, write_package

COUNTRIES = ("BR", "DE", "FR")
PROJECT, VERSION = "cards", 3


@dataclass(frozen=True)
class Released:
    """A package in a store, and rows of its training with the scores that the estimator itself gives them."""

    store: Path
    digest: str
    rows: pd.DataFrame
    scores: np.ndarray

    def config(self, folder: Path, **changes: Any) -> Path:
        path = folder / "serving.json"
        plain = {
            "project": PROJECT,
            "environment": "staging",
            "model_version": VERSION,
            "model_digest": self.digest,
            "model_store": str(self.store),
            "inference_log": str(folder / "inference"),
            "slo": {"latency_ms": 80},
        }
        path.write_text(json.dumps(plain | changes))
        return path

    def inputs(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows as V2 tensors; NaN becomes null."""
        datatypes = {"amount": "FP64", "logins": "INT64", "age_days": "FP64", "country": "BYTES"}
        columns = {name: rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in datatypes}
        return [
            {"name": name, "shape": [len(rows)], "datatype": datatypes[name], "data": data}
            for name, data in columns.items()
        ]

    def command(self, config: Path, port: int | None = None, *more: str) -> list[str]:
        where = ["--config", str(config), "--port", str(port or free_port())]
        return [sys.executable, "-m", "mlops_gitops.server", *where, *more]

    @contextmanager
    def running(self, config: Path, *more: str) -> Iterator["Served"]:
        """A server process: ready when entered, gone when left."""
        port, errors = free_port(), config.parent / "errors.txt"
        with errors.open("w") as file:
            process = subprocess.Popen(self.command(config, port, *more), stderr=file)
        served = Served(f"http://127.0.0.1:{port}", config.parent, process)
        try:
            served.wait_until_ready()
            yield served
        finally:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Served:
    """A running server process."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/v2/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "errors.txt").read_text())


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    folder = tmp_path_factory.mktemp("released")
    rows, label = transactions(400)
    encode = ColumnTransformer([("words", OrdinalEncoder(), ["country"])], remainder="passthrough")
    estimator = Pipeline([("encode", encode), ("boost", HistGradientBoostingClassifier(max_iter=15, random_state=1))])
    estimator.fit(rows, label)
    manifest = Manifest(
        project=PROJECT,
        framework="scikit-learn",
        features=(
            Feature(name="amount", type="float"),
            Feature(name="logins", type="int"),
            Feature(name="age_days", type="int", nullable=True),
            Feature(name="country", type="category", values=COUNTRIES),
        ),
        label="is_fraud",
        threshold=0.5,
        entrypoint="model:train",
        seed=1,
        python="3.11.7",
    )
    digest = write_package(
        folder / "package", estimator=estimator, manifest=manifest, code={}, baseline=b"", requirements=""
    )
    store = FolderModelStore(folder / "models")
    store.put(folder / "package")
    return Released(store.root, digest, rows, estimator.predict_proba(rows)[:, 1])


def transactions(count: int) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(5)
    rows = pd.DataFrame(
        {
            "amount": draw.gamma(2.0, 30.0, count).round(2),
            "logins": draw.integers(0, 6, count),
            "age_days": np.where(draw.random(count) < 0.1, np.nan, draw.integers(0, 900, count)),
            "country": pd.Categorical(draw.choice(COUNTRIES, count), categories=COUNTRIES),
        }
    )
    return rows, ((rows["amount"] > 90) ^ (rows["logins"] > 3)).to_numpy().astype(int)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    # The folders come as arguments here, as the local target rewrites them; the file's own lead nowhere.
    config = released.config(folder, model_store="/nowhere", inference_log="/nowhere")
    with released.running(
        config, "--model-store", str(released.store), "--inference-log", str(folder / "inference")
    ) as server:
        yield server
