"""One loaded model and all that stands around it: workers, log, metrics, and whether it may be asked.

``respond`` is the way of every inference request: read the body, then on a worker thread parse, check, score, log and
write; whatever happens is counted once.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from mlops_gitops.ports.inference_log import InferenceLog
from mlops_gitops.records.inference import InferenceChunk
from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.bounded_workers import BoundedWorkers, Busy
from mlops_gitops.server.config import ServerConfig
from mlops_gitops.server.http_json import RequestError, answer, parse_object, read_body, write_object
from mlops_gitops.server.merged_scoring import MergedScorer
from mlops_gitops.server.metrics import Outcome, ServerMetrics
from mlops_gitops.stages.model_package import InputError, LoadedModel
from mlops_gitops.stages.package_manifest import Feature

ReadBatch = Callable[[dict[str, Any]], Batch]
WriteAnswer = Callable[[Batch, Scored], dict[str, Any]]

_NEUTRAL = {"int": 0, "float": 0.0, "category": "", "time": "2026-01-01T00:00:00Z", "id": ""}


class ModelService:
    """The state of one server; ``ready`` once a warm-up row has been scored."""

    def __init__(self, config: ServerConfig, model: LoadedModel, log: InferenceLog) -> None:
        self.config, self.model = config, model
        self.version, _ = config.released()
        self.ready = False
        self.metrics = ServerMetrics(config, self.version, model.digest, log.dropped_rows)
        self._log = log
        self._scorer = MergedScorer(model, config.scorers)
        self._workers = BoundedWorkers(config.workers, config.max_waiting)

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Warm up, serve, then write out what the log still holds."""
        await self._workers.run(lambda: self.model.score(warm_up_row(self.model)))
        self.ready = True
        yield
        self.ready = False
        self._workers.close()
        self._log.close()

    async def respond(self, request: Request, read: ReadBatch, write: WriteAnswer) -> Response:
        """Answer one inference request; an error of the model itself is raised, and counted as failed."""
        started = time.perf_counter()
        outcome, rows = Outcome.FAILED, 0
        try:
            if not self.ready:
                raise Busy
            body = await read_body(request, self.config.max_body_bytes, self.config.body_timeout_s)
            rows, content = await self._workers.run(lambda: self._work(body, read, write))
            outcome = Outcome.OK
            return Response(content, media_type="application/json")
        except RequestError as error:
            outcome = Outcome.BAD_INPUT
            return answer({"error": str(error)}, error.status)
        except (InputError, ClientDisconnect) as error:
            outcome = Outcome.BAD_INPUT
            return answer({"error": str(error)}, 400)
        except Busy:
            outcome = Outcome.OVERLOADED
            return _busy()
        finally:
            self.metrics.count(outcome, rows, time.perf_counter() - started)

    def _work(self, body: bytes, read: ReadBatch, write: WriteAnswer) -> tuple[int, bytes]:
        batch = read(parse_object(body))
        scores = self._scorer.score(batch)
        scored = Scored(scores, self.model.decide(scores))
        content = write_object(write(batch, scored))
        self._log.append(
            InferenceChunk(
                time=datetime.now(UTC),
                request_id=batch.request_id or uuid.uuid4().hex,
                model_version=self.version,
                scores=scored.scores.tolist(),
                predictions=scored.predictions.tolist(),
                features={name: batch.columns[name] for name in self.model.manifest.feature_names()},
            )
        )
        return batch.rows, content


def warm_up_row(model: LoadedModel) -> dict[str, list[Any]]:
    """One row that the model can score: the manifest's example, else a neutral value of each column's type."""
    example = model.manifest.example
    return {feature.name: [example.get(feature.name, _neutral(feature))] for feature in model.manifest.features}


def _neutral(feature: Feature) -> Any:
    return feature.values[0] if feature.values else _NEUTRAL[feature.type]


def _busy() -> Response:
    response = answer({"error": "the server is busy or not ready; try again shortly"}, 503)
    response.headers["Retry-After"] = "1"
    return response
