"""A served model that answers inference requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """What an endpoint answered: ``scores`` float64 and ``predictions`` int64 (1 = positive), both of shape (rows,).

    ``latencies_s`` holds the duration of each answered request, ``failures`` counts requests that had to be repeated.
    """

    scores: NDArray[np.float64]
    predictions: NDArray[np.int64]
    model_version: str
    latencies_s: tuple[float, ...]
    failures: int


class Endpoint(Protocol):
    """Anything that speaks for a served model."""

    def infer(self, base_url: str, model: str, columns: Mapping[str, Sequence[Any]], rows: int) -> Inference:
        """Score ``rows`` rows given by column (``None`` or NaN where a value is missing).

        Raises ``OutsideError`` where the endpoint cannot be reached, refuses the rows, answers something else than
        scores, or changes its version half way; ``UsageError`` where a value cannot be sent.
        """
        ...
