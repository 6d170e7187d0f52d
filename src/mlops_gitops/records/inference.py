"""What a model server answered: rows as they were asked, with score and prediction, for the detector to read later.

A *chunk* is one answered request, and one line of the log; *rows* are many chunks joined into columns.  A row is
known as ``<request id>/<index in the request>``: a client that sends its own request ids can join labels to it when
they come, days later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class InferenceChunk:
    """One answered request; every sequence has one entry a row. ``time`` is aware, features are JSON scalars."""

    time: datetime
    request_id: str
    model_version: int
    scores: Sequence[float]
    predictions: Sequence[int]
    features: Mapping[str, Sequence[Any]]

    @property
    def rows(self) -> int:
        """How many rows were asked."""
        return len(self.scores)

    def to_plain(self) -> dict[str, Any]:
        """Plain data for one line of JSON."""
        return {
            "time": self.time.isoformat(),
            "request_id": self.request_id,
            "model_version": self.model_version,
            "scores": list(self.scores),
            "predictions": list(self.predictions),
            "features": {name: list(values) for name, values in self.features.items()},
        }

    @classmethod
    def from_plain(cls, plain: Any) -> InferenceChunk:
        """The reverse of ``to_plain``; raises ``KeyError``/``TypeError``/``ValueError`` on damaged data."""
        chunk = cls(
            time=datetime.fromisoformat(plain["time"]),
            request_id=str(plain["request_id"]),
            model_version=int(plain["model_version"]),
            scores=[float(score) for score in plain["scores"]],
            predictions=[int(prediction) for prediction in plain["predictions"]],
            features={str(name): list(values) for name, values in plain["features"].items()},
        )
        if chunk.time.tzinfo is None:
            raise ValueError("the time has no zone")
        if any(len(values) != chunk.rows for values in (chunk.predictions, *chunk.features.values())):
            raise ValueError("columns differ in length")
        return chunk


@dataclass(frozen=True, slots=True)
class InferenceRows:
    """Many chunks as columns of equal length; a feature that a chunk lacks is ``None`` in its rows.

    ``damaged_lines`` counts what could not be read.
    """

    times: list[datetime]
    row_ids: list[str]
    model_versions: list[int]
    scores: list[float]
    predictions: list[int]
    features: dict[str, list[Any]]
    damaged_lines: int = 0

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def joined(cls, chunks: Iterable[InferenceChunk], damaged_lines: int = 0) -> InferenceRows:
        """The rows of ``chunks``, in their order."""
        joined = cls([], [], [], [], [], {}, damaged_lines)
        for chunk in chunks:
            before = len(joined)
            joined.times.extend([chunk.time] * chunk.rows)
            joined.row_ids.extend(f"{chunk.request_id}/{index}" for index in range(chunk.rows))
            joined.model_versions.extend([chunk.model_version] * chunk.rows)
            joined.scores.extend(chunk.scores)
            joined.predictions.extend(chunk.predictions)
            for name in chunk.features.keys() - joined.features.keys():
                joined.features[name] = [None] * before
            for name, column in joined.features.items():
                column.extend(chunk.features.get(name) or [None] * chunk.rows)
        return joined
