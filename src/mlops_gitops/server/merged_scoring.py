"""Many small requests, one call of the model.

A call of an estimator costs milliseconds before it looks at the first row, and hardly more for a hundred rows.  So
whoever gets the model's turn scores everything that waits at that moment, for all; nobody waits for a batch to fill.
A failing merged call is repeated one by one, so that only the request that breaks the model fails.  Rows are scored
independently of each other by any sound classifier, to the last bit of rounding.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlops_gitops.server.batch import Batch
from mlops_gitops.stages.model_package import LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MAX_MERGED_ROWS = 1000


@dataclass(frozen=True)
class _Asked:
    batch: Batch
    frame: pd.DataFrame
    answer: Future[NDArray[np.float64]] = field(default_factory=Future)


class MergedScorer:
    """A model asked from many threads, in at most ``turns`` calls at a time."""

    def __init__(self, model: LoadedModel, turns: int) -> None:
        self._model = model
        self._turns = threading.Semaphore(turns)
        self._waiting: deque[_Asked] = deque()
        self._lock = threading.Lock()

    def score(self, batch: Batch) -> NDArray[np.float64]:
        """float64[rows]; blocks until scored. Raises ``InputError``, or what the model raised on these rows."""
        asked = _Asked(batch, self._model.cast(batch.columns))
        with self._lock:
            self._waiting.append(asked)
        with self._turns:
            while not asked.answer.done() and (group := self._take_group()):
                self._score_group(group)
        return asked.answer.result()

    def _take_group(self) -> list[_Asked]:
        """The oldest that wait, up to ``MAX_MERGED_ROWS``; one alone may be longer."""
        with self._lock:
            group = [self._waiting.popleft()] if self._waiting else []
            rows = sum(asked.batch.rows for asked in group)
            while self._waiting and rows + self._waiting[0].batch.rows <= MAX_MERGED_ROWS:
                rows += self._waiting[0].batch.rows
                group.append(self._waiting.popleft())
            return group

    def _score_group(self, group: list[_Asked]) -> None:
        try:
            scores = self._model.score_frame(self._merged(group))
        except Exception as error:
            if len(group) == 1:
                group[0].answer.set_exception(error)
                return
            for asked in group:
                self._score_group([asked])
            return
        start = 0
        for asked in group:
            asked.answer.set_result(scores[start : start + asked.batch.rows])
            start += asked.batch.rows

    def _merged(self, group: list[_Asked]) -> pd.DataFrame:
        if len(group) == 1:
            return group[0].frame
        # Cast anew rather than joined: as frames, categories without listed values would change their type.
        names = self._model.manifest.feature_names()
        columns: dict[str, list[Any]] = {
            name: [value for asked in group for value in asked.batch.columns[name]] for name in names
        }
        return self._model.cast(columns)
