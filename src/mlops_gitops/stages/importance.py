"""How much each feature tells of the label: mutual information, alone or beside one other feature.

A feature that matters only together with another one (an amount is odd only for this kind of merchant) tells nothing
alone, so a feature's information is the largest of I(X;Y) and I(X;Y|Z) over all other features Z.  Columns are cut
into a dozen cells of equal count, finer in the tails; the estimate's bias is taken off (Miller and Madow, 1955).
Nats are then turned into Linfoot's (1957) coefficient sqrt(1 − exp(−2I)), which for normal variables is the
correlation, and divided by the strongest feature's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.modeltests.confusion import Bools

if TYPE_CHECKING:
    import pandas as pd

CELLS = 12
MAX_ROWS = 300_000
# Rare labels often sit in the tails, so those are cut finer.
_SHARES = np.concatenate([[0.005, 0.02], np.linspace(0, 1, CELLS + 1)[1:-1], [0.98, 0.995, 0.999]])
Codes = NDArray[np.int64]


def importances(frame: pd.DataFrame, features: Sequence[str], labels: Bools) -> dict[str, float]:
    """Each feature's importance as a share of the strongest's, 0 to 1; all 0 where none tells anything."""
    every = max(1, -(-len(frame) // MAX_ROWS))
    y = labels[::every].astype(np.int64)
    codes = {name: _codes(frame[name].iloc[::every]) for name in features}
    nats = _information(codes, y)
    coefficients = {name: float(np.sqrt(1 - np.exp(-2 * max(0.0, value)))) for name, value in nats.items()}
    strongest = max(coefficients.values(), default=0.0)
    return {name: value / strongest if strongest else 0.0 for name, value in coefficients.items()}


def _information(codes: Mapping[str, Codes], y: Codes) -> dict[str, float]:
    """I(X;Y), or the largest I(X;Y|Z) = I(X,Z;Y) − I(Z;Y) where that is more."""
    alone = {name: _mutual(code, y) for name, code in codes.items()}
    found = dict(alone)
    names = list(codes)
    for position, first in enumerate(names):
        for second in names[position + 1 :]:
            together = _mutual(codes[first] * (int(codes[second].max()) + 1) + codes[second], y)
            found[first] = max(found[first], together - alone[second])
            found[second] = max(found[second], together - alone[first])
    return found


def _mutual(code: Codes, y: Codes) -> float:
    counts = np.bincount(code * 2 + y, minlength=2 * (int(code.max()) + 1)).reshape(-1, 2).astype(float)
    counts = counts[counts.sum(axis=1) > 0]
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    there = counts > 0
    nats = float(np.sum(counts[there] * np.log(counts[there] / expected[there])) / total)
    # The plug-in estimate is too high by (cells − 1)(classes − 1) / 2n.
    return nats - (len(counts) - 1) / (2 * float(total))


def _codes(values: pd.Series[Any]) -> Codes:
    """Cell numbers from 0; missing values are a cell of their own."""
    if values.dtype.kind in "iuf":
        numbers = values.to_numpy(dtype=float)
        present = numbers[np.isfinite(numbers)]
        if not present.size:
            return np.zeros(len(numbers), dtype=np.int64)
        edges = np.unique(np.quantile(present, _SHARES))
        # A cell ends with its edge: what is above a value that most rows share has cells of its own.
        return np.where(np.isfinite(numbers), np.searchsorted(edges, numbers, side="left") + 1, 0).astype(np.int64)
    words, counts = np.unique(values.astype(str).to_numpy(), return_counts=True)
    # Rare words share the last cell.
    rank = np.argsort(np.argsort(-counts, kind="stable"), kind="stable")
    return np.minimum(rank, 3 * CELLS)[np.searchsorted(words, values.astype(str).to_numpy())].astype(np.int64)
