"""Rows on their way through the server: what was asked, and what the model said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's rows as columns of JSON scalars, each of length ``rows``; ``request_id`` is empty if not given.

    ``outputs`` are the output columns asked for, by name.
    """

    rows: int
    columns: Mapping[str, list[Any]]
    request_id: str = ""
    outputs: tuple[str, ...] = ("score", "prediction")


@dataclass(frozen=True, slots=True)
class Scored:
    """The answers: float64[n] scores, and int64[n] predictions of 0 and 1."""

    scores: NDArray[np.float64]
    predictions: NDArray[np.int64]
