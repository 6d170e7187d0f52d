"""Values of one column, whatever they came as, made into what the statistics work on.

Lists, numpy arrays and pandas series are taken alike (pandas is recognised by its methods and never imported).  A
missing value is ``None``, NaN or pandas' NA; it becomes NaN in a numeric column and a count of its own in a category.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = Any
"""A list, a numpy array or a pandas series."""


def as_numbers(name: str, values: Values) -> NDArray[np.float64]:
    """Return ``values`` as float64 of shape (rows,), NaN where missing, infinities kept.

    Raises ``ValueError`` naming the column where a value is no number.
    """
    try:
        if hasattr(values, "isna"):
            numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            numbers = np.asarray(values)
            if numbers.dtype.kind not in "biufO" and numbers.size:
                raise ValueError(f"values of type {numbers.dtype}")
            # None in an object array becomes NaN on its way to float64.
            numbers = numbers.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {name} is not numeric: {error}") from error
    return _one_dimensional(name, numbers)


def count_levels(name: str, values: Values) -> tuple[Mapping[str, int], int]:
    """Return how often each level occurs, by its text, and how many values are missing."""
    if hasattr(values, "cat"):
        codes = _one_dimensional(name, values.cat.codes.to_numpy())
        counts = np.bincount(codes + 1, minlength=len(values.cat.categories) + 1)
        named = zip(values.cat.categories, counts[1:].tolist(), strict=True)
        return {_text(level): count for level, count in named if count}, int(counts[0])
    missing = 0
    if hasattr(values, "isna"):
        missing = int(values.isna().sum())
        values = values.dropna()
    counted: Counter[str] = Counter()
    # Distinct objects are few: each is turned into text once, and 1, 1.0 and "1" are one level.
    for level, count in Counter(_one_dimensional(name, np.asarray(values, dtype=object)).tolist()).items():
        if level is None or level != level:
            missing += count
        else:
            counted[_text(level)] += count
    return dict(counted), missing


def _one_dimensional(name: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim != 1:
        raise ValueError(f"column {name} has shape {values.shape}, not one value a row")
    return values


def _text(level: object) -> str:
    """An integer column with a gap arrives as floats; its levels keep their names."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)
