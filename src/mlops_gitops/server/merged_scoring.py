"""Many small requests, one call of the model.

A call of an estimator costs milliseconds before it looks at the first row, and hardly more for a hundred rows.  So
all that waits when the model's turn comes is checked, cast and scored in one call.  Clients that were answered
together come back together: a turn starts once a moment has brought no further request.  Rows that the model cannot
take are sorted out first; a failing merged call is repeated one by one, so that only the request that breaks the
model fails.  Rows are scored independently of each other by any sound classifier, to the last bit of rounding.
Whatever happens, everybody is answered: who is not keeps a place in the server for good.

All state belongs to the event loop; only the calls themselves run on threads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from mlops_gitops.server.batch import Batch
from mlops_gitops.stages.model_package import LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Answer: TypeAlias = NDArray[np.float64] | Exception

MAX_MERGED_ROWS = 1000
MOMENT_S, MAX_MOMENTS = 0.001, 5
# What a future does not take for an answer, and what would end the server where it is awaited.
_NO_ANSWERS = (StopIteration, SystemExit, KeyboardInterrupt)


@dataclass(frozen=True, slots=True)
class _Asked:
    batch: Batch
    answer: asyncio.Future[NDArray[np.float64]]


class MergedScorer:
    """A model asked by many requests, in at most ``turns`` calls at a time."""

    def __init__(self, model: LoadedModel, turns: int) -> None:
        self._model, self._free_turns = model, turns
        self._waiting: deque[_Asked] = deque()
        self._last_group = 1
        self._threads = ThreadPoolExecutor(turns, thread_name_prefix="score")
        self._turns: set[asyncio.Task[None]] = set()

    async def score(self, batch: Batch) -> NDArray[np.float64]:
        """float64[rows]. Raises ``InputError``, or what the model raised on these rows."""
        asked = _Asked(batch, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._free_turns:
            self._free_turns -= 1
            turn = asyncio.create_task(self._turn())
            self._turns.add(turn)  # the loop itself keeps none alive
            turn.add_done_callback(self._turns.discard)
        return await asked.answer

    def close(self) -> None:
        """Drop what waits; running calls end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _turn(self) -> None:
        try:
            while self._waiting:
                if self._last_group > 1:
                    await self._gather()
                if not (group := self._take_group()):  # another turn took them all meanwhile
                    return
                answers = await self._answers([asked.batch for asked in group])
                for asked, answer in zip(group, answers, strict=True):
                    _tell(asked.answer, answer)
        finally:
            self._free_turns += 1

    async def _answers(self, batches: list[Batch]) -> list[Answer]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, score_together, self._model, batches)
        except Exception as error:  # closed meanwhile
            return [error] * len(batches)

    async def _gather(self) -> None:
        """Wait as long as each moment brings another request."""
        for _ in range(MAX_MOMENTS):
            before = len(self._waiting)
            await asyncio.sleep(MOMENT_S)
            if len(self._waiting) == before:
                return

    def _take_group(self) -> list[_Asked]:
        """The oldest that wait, up to ``MAX_MERGED_ROWS``; one alone may be longer."""
        group = [self._waiting.popleft()] if self._waiting else []
        rows = sum(asked.batch.rows for asked in group)
        while self._waiting and rows + self._waiting[0].batch.rows <= MAX_MERGED_ROWS:
            rows += self._waiting[0].batch.rows
            group.append(self._waiting.popleft())
        self._last_group = len(group) or self._last_group
        return group


def _tell(waiting: asyncio.Future[NDArray[np.float64]], answer: Answer) -> None:
    if waiting.done():  # whoever asked was cancelled meanwhile
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)


def score_together(model: LoadedModel, batches: Sequence[Batch]) -> list[Answer]:
    """One answer a batch: its scores, float64[rows], or what is wrong with it alone."""
    try:
        frame = model.cast(_joined_columns(model, batches))
    except Exception as error:
        return [error] if len(batches) == 1 else _without_misfits(model, batches)
    try:
        scores = _scores(model, frame)
    except Exception as error:
        return [error] if len(batches) == 1 else _one_by_one(model, batches)
    ends = accumulate(batch.rows for batch in batches)
    return [scores[end - batch.rows : end] for batch, end in zip(batches, ends, strict=True)]


def _scores(model: LoadedModel, frame: pd.DataFrame) -> NDArray[np.float64]:
    try:
        return model.score_frame(frame)
    except _NO_ANSWERS as error:
        raise RuntimeError(f"the model's code raised {error!r}") from error


def _joined_columns(model: LoadedModel, batches: Sequence[Batch]) -> Mapping[str, list[Any]]:
    # Joined before the cast: as frames, categories without listed values would change their type.
    if len(batches) == 1:
        return batches[0].columns
    return {
        name: [value for batch in batches for value in batch.columns[name]]
        for name in model.manifest.feature_names()
        if all(name in batch.columns for batch in batches)
    }


def _one_by_one(model: LoadedModel, batches: Sequence[Batch]) -> list[Answer]:
    return [answer for batch in batches for answer in score_together(model, [batch])]


def _without_misfits(model: LoadedModel, batches: Sequence[Batch]) -> list[Answer]:
    """As ``score_together``, where some do not fit the model: the others still go in one call."""
    misfits = {place: error for place, batch in enumerate(batches) if (error := _misfit(model, batch))}
    if not misfits:
        return _one_by_one(model, batches)
    fitting = [batch for place, batch in enumerate(batches) if place not in misfits]
    answers = iter(score_together(model, fitting) if fitting else ())
    return [misfits[place] if place in misfits else next(answers) for place in range(len(batches))]


def _misfit(model: LoadedModel, batch: Batch) -> Exception | None:
    try:
        model.cast(batch.columns)
    except Exception as error:
        return error
    return None
