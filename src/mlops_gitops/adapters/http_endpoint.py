"""The inference endpoint over HTTP, in the Open Inference Protocol V2, with the standard library alone.

Rows go in chunks over one kept-alive connection.  A request that fails for a passing reason (a dropped connection, an
overloaded or restarting server) is repeated a few times, which is safe because scoring changes nothing; each failure
is counted.  A refusal of the rows themselves (any other 4xx) is final and carries the server's own words.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.ports.endpoint import Inference

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """Speaks V2 inference: ``chunk_rows`` rows a request, ``attempts`` tries each, ``timeout_s`` seconds a try."""

    chunk_rows: int = 1_000
    attempts: int = 3
    timeout_s: float = 30.0
    pause_s: float = 0.2

    def infer(self, base_url: str, model: str, columns: Mapping[str, Sequence[Any]], rows: int) -> Inference:
        """Score rows through the endpoint; see ``ports.endpoint``."""
        inputs = [_Column.of(name, values, rows) for name, values in columns.items()]
        conversation = _Conversation(base_url, model, self)
        chunks: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        versions: set[str] = set()
        try:
            for start in range(0, rows, self.chunk_rows):
                stop = min(start + self.chunk_rows, rows)
                answer = conversation.ask({"inputs": [column.tensor(start, stop) for column in inputs]})
                scores, predictions, version = _read(answer, stop - start, conversation.where)
                chunks.append((scores, predictions))
                versions.add(version)
        finally:
            conversation.close()
        if len(versions) > 1:
            raise OutsideError(
                f"the served version changed while the rows went through: {' and '.join(sorted(versions))}",
                where=conversation.where,
                todo="wait until the roll-out is done, then try again",
            )
        return Inference(
            scores=np.concatenate([np.empty(0), *(scores for scores, _ in chunks)]),
            predictions=np.concatenate([np.empty(0, np.int64), *(predictions for _, predictions in chunks)]),
            model_version=next(iter(versions), ""),
            latencies_s=tuple(conversation.latencies_s),
            failures=conversation.failures,
        )


@dataclass(slots=True)
class _Conversation:
    """One kept-alive connection, with what was measured on it."""

    base_url: str
    model: str
    settings: HttpEndpoint
    latencies_s: list[float] = field(default_factory=list)
    failures: int = 0
    _connection: HTTPConnection | None = None

    @property
    def where(self) -> str:
        return f"{self.base_url.rstrip('/')}/v2/models/{quote(self.model, safe='')}/infer"

    def ask(self, request: dict[str, Any]) -> object:
        """Send one request, repeated as the settings allow, and return the parsed answer."""
        body = json.dumps(request, allow_nan=False).encode()
        why = ""
        for attempt in range(self.settings.attempts):
            if attempt:
                time.sleep(self.settings.pause_s * 2 ** (attempt - 1))
            began = time.perf_counter()
            try:
                status, content = self._post(body)
            except (OSError, HTTPException) as error:
                self.close()
                why = f"{type(error).__name__}: {error}"
            else:
                if status == 200:
                    self.latencies_s.append(time.perf_counter() - began)
                    return _parsed(content, self.where)
                why = f"HTTP {status}: {_said(content)}"
                if status not in _PASSING:
                    raise OutsideError("the endpoint refused the rows", where=self.where, why=why)
            self.failures += 1
        raise OutsideError(
            f"the endpoint did not answer in {self.settings.attempts} attempts",
            where=self.where,
            why=why,
            todo="see whether the model is served and healthy, then try again",
        )

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = _connect(self.base_url, self.settings.timeout_s)
        path = urlsplit(self.where).path
        self._connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        return response.status, response.read()


@dataclass(frozen=True, slots=True)
class _Column:
    """One input: JSON-ready values and their V2 datatype."""

    name: str
    datatype: str
    values: list[Any]

    @classmethod
    def of(cls, name: str, values: Sequence[Any], rows: int) -> _Column:
        array = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object)
        if array.shape != (rows,):
            raise UsageError(f"column {name} has shape {array.shape}, not {rows} values")
        plain = [_plain(name, value) for value in array.tolist()]
        kinds = {type(value) for value in plain} - {type(None)}
        if kinds <= {bool} and kinds:
            return cls(name, "BOOL", plain)
        if kinds <= {int} and kinds:
            return cls(name, "INT64", plain)
        if kinds <= {int, float}:
            return cls(name, "FP64", plain)
        return cls(name, "BYTES", [value if value is None else str(value) for value in plain])

    def tensor(self, start: int, stop: int) -> dict[str, Any]:
        """The rows from ``start`` up to ``stop`` as a V2 input tensor."""
        data = self.values[start:stop]
        return {"name": self.name, "shape": [len(data)], "datatype": self.datatype, "data": data}


def _plain(name: str, value: Any) -> Any:
    """NaN becomes null; JSON has no infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        if math.isinf(value):
            raise UsageError(f"column {name} holds infinity, which an inference request cannot carry")
        return None
    return value


def _connect(base_url: str, timeout_s: float) -> HTTPConnection:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{base_url!r} is no http or https address")
    connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return connection(parts.hostname, parts.port, timeout=timeout_s)


def _parsed(content: bytes, where: str) -> object:
    try:
        return json.loads(content)
    except ValueError as error:
        raise OutsideError("the endpoint answered something that is not JSON", where=where, why=str(error)) from error


def _read(answer: object, rows: int, where: str) -> tuple[NDArray[np.float64], NDArray[np.int64], str]:
    """Take scores, predictions and version out of a V2 answer."""
    try:
        if not isinstance(answer, dict):
            raise TypeError("it is no object")
        outputs = {output["name"]: output["data"] for output in answer["outputs"]}
        scores = np.asarray(outputs["score"], dtype=np.float64).reshape(-1)
        predictions = np.asarray(outputs["prediction"], dtype=np.int64).reshape(-1)
        if scores.size != rows or predictions.size != rows or not np.isfinite(scores).all():
            raise ValueError(f"{scores.size} scores and {predictions.size} predictions for {rows} rows")
        if not np.isin(predictions, (0, 1)).all():
            raise ValueError("a prediction is neither 0 nor 1")
        return scores, predictions, str(answer["model_version"])
    except (KeyError, TypeError, ValueError) as error:
        raise OutsideError(
            "the endpoint's answer is not a V2 answer with outputs `score` and `prediction` and a model_version",
            where=where,
            why=f"{type(error).__name__}: {error}",
        ) from error


def _said(content: bytes) -> str:
    """The error text of a V2 server, or the beginning of what it sent instead."""
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return content[:200].decode(errors="replace")
