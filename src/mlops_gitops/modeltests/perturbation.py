"""Changing rows on purpose: random damage (robustness) and a search for changes that hide a positive (security).

The attacker of the security test may change every numeric feature of a row a little: by at most ``ATTACK_SD`` standard
deviations of the column and at most ``ATTACK_SHARE`` of the row's own value, within the contract's range, and whole
numbers stay whole.  Both bounds are needed: against the column alone, a payment two minutes after the last one may
move by an hour, which is no small change but another way of behaving; that wider budget is measured too, and shown.
The attacker knows the scores: it goes feature by feature, keeps whichever of three values (down, unchanged, up) lowers
the score most, and passes over all features twice.  That is a coordinate search, stronger than noise of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mlops_gitops.modeltests.confusion import Floats
from mlops_gitops.spec.contract import Column

if TYPE_CHECKING:
    import pandas as pd

Score = Callable[["pd.DataFrame"], Floats]


class Bounded(Protocol):
    """A column of a data contract, or what a model package keeps of it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def type(self) -> str:
        """What its values are."""
        ...

    @property
    def min(self) -> float | None:
        """Smallest legal value."""
        ...

    @property
    def max(self) -> float | None:
        """Largest legal value."""
        ...


ATTACK_SD, ATTACK_SHARE = 0.1, 0.1
ATTACK_PASSES = 2
OUTLIER_SD = 5.0


def attack(
    frame: pd.DataFrame, columns: Sequence[Bounded], spread: dict[str, float], score: Score, share: float = ATTACK_SHARE
) -> Floats:
    """The lowest scores that the search reaches for these rows; ``spread`` gives each numeric feature's deviation.

    ``share`` bounds a change by the row's own value; infinite, only the column bounds it.
    """
    lowest = score(frame)
    rows = frame.copy()
    for _ in range(ATTACK_PASSES):
        for column in (one for one in columns if one.name in spread):
            values = frame[column.name].to_numpy(dtype=float)
            own = np.full(len(values), np.inf) if np.isinf(share) else share * np.abs(values)
            for moved in _moves(values, np.minimum(ATTACK_SD * spread[column.name], own), column):
                trial = rows.assign(**{column.name: moved})
                scores = score(trial)
                better = scores < lowest
                rows[column.name] = np.where(better, moved, rows[column.name].to_numpy(dtype=float))
                lowest = np.where(better, scores, lowest)
    return lowest


def _moves(values: Floats, step: Floats, column: Bounded) -> list[Floats]:
    """The original values moved down and up by the whole budget, kept legal."""
    low = -np.inf if column.min is None else column.min
    high = np.inf if column.max is None else column.max
    # Rounded towards the original, so that a whole number never leaves the budget.
    down = np.ceil(values - step) if column.type == "int" else values - step
    up = np.floor(values + step) if column.type == "int" else values + step
    return [np.clip(down, low, high), np.clip(up, low, high)]


def noisy(
    frame: pd.DataFrame, columns: Sequence[Column], spread: dict[str, float], seed: int, noise_sd: float = 0.1
) -> pd.DataFrame:
    """Normal noise of ``noise_sd`` deviations on every numeric feature."""
    random = np.random.default_rng(seed)
    changed = {
        column.name: _legal(
            frame[column.name].to_numpy(dtype=float)
            + random.normal(0.0, noise_sd * spread[column.name], size=len(frame)),
            column,
        )
        for column in columns
        if column.name in spread
    }
    return frame.assign(**changed)


def with_missing(frame: pd.DataFrame, columns: Sequence[Column], seed: int, share: float = 0.1) -> pd.DataFrame:
    """This share of the values of every feature that may be missing removed."""
    random = np.random.default_rng(seed)
    changed = {
        column.name: frame[column.name].mask(random.random(len(frame)) < share) for column in columns if column.nullable
    }
    return frame.assign(**changed)


def with_outliers(
    frame: pd.DataFrame, columns: Sequence[Column], spread: dict[str, float], seed: int, share: float = 0.05
) -> pd.DataFrame:
    """This share of the values of every numeric feature set to its mean plus ``OUTLIER_SD`` deviations."""
    random = np.random.default_rng(seed)
    changed = {}
    for column in (one for one in columns if one.name in spread):
        values = frame[column.name].to_numpy(dtype=float)
        outlier = np.nanmean(values) + OUTLIER_SD * spread[column.name]
        hit = random.random(len(values)) < share
        changed[column.name] = _legal(np.where(hit, outlier, values), column)
    return frame.assign(**changed)


def spreads(frame: pd.DataFrame, columns: Sequence[Bounded]) -> dict[str, float]:
    """Standard deviation of each numeric feature, constants left out."""
    found = {}
    for column in columns:
        if column.type in ("int", "float"):
            values = frame[column.name].to_numpy(dtype=float)
            deviation = float(np.nanstd(values)) if np.isfinite(values).any() else 0.0
            if deviation > 0:
                found[column.name] = deviation
    return found


def _legal(values: Floats, column: Column) -> Floats:
    clipped = np.clip(values, column.min, column.max) if column.min is not None or column.max is not None else values
    return np.round(clipped) if column.type == "int" else clipped
