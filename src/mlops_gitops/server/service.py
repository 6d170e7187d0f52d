"""One loaded model and all that stands around it: workers, log, metrics, and whether it may be asked.

``respond`` is the way of every inference request: read the body, parse, check, score, write and log; whatever happens
is counted once.  The model is asked on a thread of its own.  What is short is read and written on the event loop, for
handing it to a thread costs more than doing it; what is long goes to a thread, so that the loop stays free to say that
the server is alive.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from mlops_gitops.ports.inference_log import InferenceLog
from mlops_gitops.records.inference import InferenceChunk
from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.config import ServerConfig
from mlops_gitops.server.http_json import RequestError, answer, parse_object, read_body, write_object
from mlops_gitops.server.merged_scoring import MergedScorer
from mlops_gitops.server.metrics import Outcome, ServerMetrics
from mlops_gitops.stages.model_package import InputError, LoadedModel
from mlops_gitops.stages.package_manifest import Feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ReadBatch = Callable[[dict[str, Any]], Batch]
WriteAnswer = Callable[[Batch, Scored], dict[str, Any]]
Result = TypeVar("Result")

SHORT_BODY_BYTES, SHORT_ANSWER_ROWS = 16 * 1024, 200
"""Up to here reading a body and writing an answer take about a millisecond."""

_NEUTRAL = {"int": 0, "float": 0.0, "category": "", "time": "2026-01-01T00:00:00Z", "id": ""}


class Busy(Exception):
    """As many requests as allowed are being answered, or the model is not warm yet."""


class ModelService:
    """The state of one server; ``ready`` once a warm-up row has been scored."""

    def __init__(self, config: ServerConfig, model: LoadedModel, log: InferenceLog) -> None:
        self.config, self.model = config, model
        self.version, _ = config.released()
        self.ready = False
        self.metrics = ServerMetrics(config, self.version, model.digest, log.dropped_rows)
        self._log = log
        self._scorer = MergedScorer(model, config.scorers)
        self._threads = ThreadPoolExecutor(config.workers, thread_name_prefix="long")
        self._pending = 0

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Warm up, serve, then write out what the log still holds."""
        await self._scorer.score(Batch(1, warm_up_row(self.model)))
        self.ready = True
        yield
        self.ready = False
        self._scorer.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._log.close()

    async def respond(self, request: Request, read: ReadBatch, write: WriteAnswer) -> Response:
        """Answer one inference request; an error of the model itself is raised, and counted as failed."""
        started = time.perf_counter()
        outcome, rows = Outcome.FAILED, 0
        try:
            if not self.ready:
                raise Busy
            body = await read_body(request, self.config.max_body_bytes, self.config.body_timeout_s)
            with self._place():
                short = len(body) <= SHORT_BODY_BYTES
                batch = await self._run(lambda: read(parse_object(body)), short=short)
                scores = await self._scorer.score(batch)
                short = batch.rows <= SHORT_ANSWER_ROWS
                content = await self._run(lambda: self._answered(batch, scores, write), short=short)
            outcome, rows = Outcome.OK, batch.rows
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

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the ``max_waiting`` places; raises ``Busy`` where none is free.

        When more is asked than can be scored in time, the honest answer is an early "busy": a queue without bound
        would turn each answer into a late one.
        """
        if self._pending >= self.config.max_waiting:
            raise Busy
        self._pending += 1
        try:
            yield
        finally:
            self._pending -= 1

    async def _run(self, job: Callable[[], Result], *, short: bool) -> Result:
        if short:
            return job()
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    def _answered(self, batch: Batch, scores: NDArray[np.float64], write: WriteAnswer) -> bytes:
        """The answer's body, after it is logged."""
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
        return content


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
