"""One round at a served endpoint: is it healthy, how fast does it answer many clients at once, does it always?

Each client keeps its connection and sends real rows of the test part, one a request, through the V2 protocol.
"""

from __future__ import annotations

import http.client
import json
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mlops_gitops.records.project import Project
from mlops_gitops.stages.package_manifest import Feature, Manifest

TIMEOUT_S = 10.0
ROUNDS, PAUSE_S = 5, 2.0
"""At most so many rounds; the first pause, each later one is twice as long: half a minute in all."""
_DATATYPES = {"int": "INT64", "float": "FP64", "category": "BYTES", "time": "BYTES", "id": "BYTES"}


@dataclass(frozen=True, slots=True)
class Round:
    """What the round measured: the metrics by name, the versions that answered, and what went wrong."""

    metrics: dict[str, float]
    versions: set[str]
    failures: tuple[str, ...]
    p95_ms_by_round: tuple[float, ...] = ()


@dataclass(slots=True)
class _Answers:
    latencies_ms: list[float] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


def measure_calm(url: str, project: Project, test: Path, package: Path, limit_ms: float) -> Round:
    """A round, looked at again (``ROUNDS`` in all) while its p95 is over ``limit_ms``.

    Right after a roll-out other processes may still be starting beside the server.  Latency and throughput are those
    of the last round; every request of every round counts for availability, and each round's p95 is kept.
    """
    rounds = [measure(url, project, test, package)]
    while rounds[-1].metrics["latency_p95_ms"] > limit_ms and len(rounds) < ROUNDS:
        time.sleep(PAUSE_S * 2 ** (len(rounds) - 1))
        rounds.append(measure(url, project, test, package))
    answered, requests = (sum(one.metrics[name] for one in rounds) for name in ("answered", "requests"))
    share = answered / requests
    counts = {"answered": answered, "requests": requests, "availability": share, "error_rate": 1 - share}
    return Round(
        {**rounds[-1].metrics, **counts, "healthy": min(one.metrics["healthy"] for one in rounds)},
        {version for one in rounds for version in one.versions},
        tuple(said for one in rounds for said in one.failures),
        tuple(one.metrics["latency_p95_ms"] for one in rounds),
    )


def measure(url: str, project: Project, test: Path, package: Path) -> Round:
    """Send the requests of `testing.inference` to the endpoint at base ``url``, after one that warms it up."""
    load = project.spec.testing.inference
    manifest = Manifest.from_bytes((package / "model.json").read_bytes(), str(package / "model.json"))
    bodies = _bodies(manifest, test, load.clients * load.requests_per_client)
    healthy = not _client(url, project.name, []).failures
    _client(url, project.name, bodies[:1])
    begun = time.perf_counter()
    with ThreadPoolExecutor(load.clients) as clients:
        shares = [bodies[start :: load.clients] for start in range(load.clients)]
        answers = list(clients.map(lambda share: _client(url, project.name, share), shares))
    elapsed_s = time.perf_counter() - begun
    latencies = sorted(value for one in answers for value in one.latencies_ms)
    failures = tuple(said for one in answers for said in one.failures)
    # Nearest rank; without any answer the latency is that of a client that gave up.
    p95 = latencies[math.ceil(0.95 * len(latencies)) - 1] if latencies else TIMEOUT_S * 1000
    answered, mean = len(latencies), sum(latencies) / len(latencies) if latencies else TIMEOUT_S * 1000
    metrics = {
        "healthy": float(healthy),
        "requests": float(len(bodies)),
        "answered": float(answered),
        "availability": answered / len(bodies),
        "error_rate": 1 - answered / len(bodies),
        "latency_p95_ms": p95,
        "latency_mean_ms": mean,
        "throughput": answered / elapsed_s,
    }
    return Round(metrics, {version for one in answers for version in one.versions}, failures)


def _bodies(manifest: Manifest, test: Path, count: int) -> list[bytes]:
    import pandas as pd

    rows = pd.read_parquet(test, columns=list(manifest.feature_names()))
    rows = rows.iloc[:: max(1, len(rows) // count)].iloc[:count]
    records: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", date_format="iso"))
    while len(records) < count:  # a tiny test part is sent more than once
        records += records
    return [_body(manifest.features, record) for record in records[:count]]


def _body(features: Sequence[Feature], record: dict[str, Any]) -> bytes:
    inputs = [
        {"name": one.name, "shape": [1], "datatype": _datatype(one, record[one.name]), "data": [record[one.name]]}
        for one in features
    ]
    return json.dumps({"inputs": inputs}).encode()


def _datatype(feature: Feature, value: object) -> str:
    # A whole-number column with gaps travels as floats: INT64 has no null.
    return "FP64" if feature.type == "int" and feature.nullable else _DATATYPES[feature.type]


def _client(url: str, model: str, bodies: Sequence[bytes]) -> _Answers:
    """One client: asks whether the endpoint is ready, then sends its requests one after the other."""
    answers, place = _Answers(), urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=TIMEOUT_S)
    try:
        status, _ = _ask(connection, "GET", "/v2/health/ready", None)
        if status != http.HTTPStatus.OK:
            answers.failures.append(f"/v2/health/ready answers {status}")
        for body in bodies:
            begun = time.perf_counter()
            status, content = _ask(connection, "POST", f"/v2/models/{model}/infer", body)
            if status == http.HTTPStatus.OK:
                answers.latencies_ms.append((time.perf_counter() - begun) * 1000)
                answers.versions.add(str(json.loads(content).get("model_version", "")))
            else:
                answers.failures.append(f"{status}: {content[:200].decode(errors='replace')}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        answers.failures.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    return answers


def _ask(connection: http.client.HTTPConnection, verb: str, path: str, body: bytes | None) -> tuple[int, bytes]:
    connection.request(verb, path, body, {"Content-Type": "application/json"} if body else {})
    response = connection.getresponse()
    return response.status, response.read()
