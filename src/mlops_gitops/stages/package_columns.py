"""From what somebody sends to what a model was trained on: columns checked and cast by the manifest.

Every served request and every batch that is judged goes through here, so that a model never sees a type, a category
or a gap that its data contract does not allow.  Columns that the model does not know are left out: after a roll-back
clients may still send the columns of the newer version.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.stages.package_manifest import Feature, FeatureType

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

# A DataFrame, or a column name to any one-dimensional sequence, NumPy array or pandas Series.
Columns: TypeAlias = "pd.DataFrame | Mapping[str, Any]"

_SHOWN = 6


class InputError(UsageError, ValueError):
    """Rows that the model cannot take; the text names the column and the first bad row, counted from 0."""


def cast_columns(columns: Columns, features: Sequence[Feature]) -> pd.DataFrame:
    """The ``features`` of ``columns``, in order, in the types of training, with a fresh index.

    ``int`` becomes int64 (float64 with NaN where nullable), ``float`` float64, ``category`` a pandas category with
    the manifest's values, ``time`` UTC timestamps (from ISO 8601 text), ``id`` text.  Null is ``None``, NaN or
    pandas' NA.  Raises ``InputError`` on a missing column, unequal lengths, a wrong type, an infinite number, a null
    where none is allowed, an unknown category and text that is no valid Unicode.
    """
    import pandas as pd

    missing = [feature.name for feature in features if feature.name not in columns]
    if missing:
        raise InputError(_missing(missing, columns))
    rows = len(columns[features[0].name])
    for feature in features:
        if len(columns[feature.name]) != rows:
            counts = f"{len(columns[feature.name])} values, column {_quoted(features[0].name)} {rows}"
            raise InputError(f"columns differ in length: {_quoted(feature.name)} has {counts}")
    return pd.DataFrame({feature.name: _cast(feature, columns[feature.name]) for feature in features})


def _cast(feature: Feature, values: Any) -> Any:
    try:
        return _CASTS[feature.type](feature, values)
    except UnicodeEncodeError as error:  # half of a surrogate pair: JSON can write it, pandas cannot keep it
        raise InputError(f"column {_quoted(feature.name)}: a text is no valid Unicode") from error


def _missing(missing: Sequence[str], columns: Columns) -> str:
    names = ", ".join(_quoted(name) for name in missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
    close = difflib.get_close_matches(missing[0], [str(name) for name in columns], n=1)
    hint = f"; is {_quoted(close[0])} meant to be {_quoted(missing[0])}?" if close else ""
    return f"missing column{'s' if len(missing) > 1 else ''} {names}{hint}"


def _quoted(text: object) -> str:
    shown = str(text)
    return f'"{shown[:60]}…"' if len(shown) > 60 else f'"{shown}"'


def _bad(feature: Feature, row: int, what: str) -> InputError:
    return InputError(f"column {_quoted(feature.name)}, row {row}: {what}")


def _items(values: Any) -> list[Any]:
    """Plain values with ``None`` for every kind of null that pandas knows; JSON lists hold no other."""
    import pandas as pd

    if isinstance(values, list):
        return values
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    return [None if null else item for item, null in zip(series.tolist(), series.isna().tolist(), strict=True)]


def _kind(values: Any) -> str:
    """NumPy's letter for the type of an array or Series that NumPy itself can hold; empty for anything else."""
    dtype = getattr(values, "dtype", None)
    return getattr(dtype, "kind", "") if type(dtype).__module__.startswith("numpy") else ""


def _check_types(feature: Feature, items: list[Any], legal: type, wanted: str) -> None:
    if all(kind is type(None) or issubclass(kind, legal) for kind in set(map(type, items))):
        return
    row = next(row for row, item in enumerate(items) if not (item is None or isinstance(item, legal)))
    raise _bad(feature, row, f"{_quoted(items[row])} is {type(items[row]).__name__}, {wanted} is expected")


def _check_nulls(feature: Feature, null: NDArray[np.bool_]) -> None:
    if not feature.nullable and null.any():
        raise _bad(feature, int(null.argmax()), "null, and the data contract does not allow it")


def _numbers(feature: Feature, values: Any) -> NDArray[np.float64] | NDArray[np.int64]:
    import numpy as np

    if _kind(values) in ("f", "i", "u", "b"):
        array = np.asarray(values)
        return array.astype(np.int64) if array.dtype.kind in "ib" else array.astype(np.float64)
    items = _items(values)
    _check_types(feature, items, Real, "a number")
    whole = all(issubclass(kind, int) for kind in set(map(type, items)))
    try:
        if whole:
            return np.array(items, dtype=np.int64)
        return np.array([np.nan if item is None else item for item in items], dtype=np.float64)
    except OverflowError as error:
        raise InputError(f"column {_quoted(feature.name)}: a number is too large") from error


def _cast_float(feature: Feature, values: Any) -> NDArray[np.float64]:
    import numpy as np

    array = _numbers(feature, values).astype(np.float64)
    infinite = np.isinf(array)
    if infinite.any():
        raise _bad(feature, int(infinite.argmax()), "the number is infinite")
    _check_nulls(feature, np.isnan(array))
    return array


def _cast_int(feature: Feature, values: Any) -> NDArray[np.float64] | NDArray[np.int64]:
    import numpy as np

    array = _numbers(feature, values)
    if array.dtype.kind == "i":
        return array.astype(np.float64) if feature.nullable else array
    floats = _cast_float(feature, array)
    broken = ~np.isnan(floats) & ((floats != np.floor(floats)) | (np.abs(floats) >= 2.0**63))
    if broken.any():
        row = int(broken.argmax())
        raise _bad(feature, row, f"{floats[row]} is not a whole number of 64 bits")
    return floats if feature.nullable else floats.astype(np.int64)


def _texts(feature: Feature, values: Any) -> tuple[list[Any], NDArray[np.bool_]]:
    import numpy as np

    items = _items(values)
    _check_types(feature, items, str, "text")
    null = np.array([item is None for item in items], dtype=np.bool_)
    _check_nulls(feature, null)
    return items, null


def _cast_category(feature: Feature, values: Any) -> pd.Categorical:
    import numpy as np
    import pandas as pd

    items, null = _texts(feature, values)
    if not feature.values:
        return pd.Categorical(items)
    code_of = {value: code for code, value in enumerate(feature.values)}
    codes = np.array([code_of.get(item, -1) for item in items], dtype=np.int64)
    unknown = (codes < 0) & ~null
    if unknown.any():
        row = int(unknown.argmax())
        legal = ", ".join(feature.values[:_SHOWN]) + (", …" if len(feature.values) > _SHOWN else "")
        raise _bad(feature, row, f"unknown category {_quoted(items[row])}; known are {legal}")
    return pd.Categorical.from_codes(codes, dtype=_category_dtype(feature.values))


@lru_cache(maxsize=1024)
def _category_dtype(values: tuple[str, ...]) -> pd.CategoricalDtype:
    """Kept, for making one costs more than casting a row with it."""
    import pandas as pd

    return pd.CategoricalDtype(list(values))


def _cast_text(feature: Feature, values: Any) -> pd.Series[str]:
    import pandas as pd

    items, _ = _texts(feature, values)
    return pd.Series(items, dtype="str")


def _cast_time(feature: Feature, values: Any) -> pd.Series[Any]:
    import pandas as pd

    if getattr(getattr(values, "dtype", None), "kind", "") == "M":
        times: pd.Series[Any] = pd.to_datetime(pd.Series(values).reset_index(drop=True), utc=True)
        _check_nulls(feature, times.isna().to_numpy())
        return times
    items, null = _texts(feature, values)
    read: pd.Series[Any] = pd.to_datetime(pd.Series(items, dtype="object"), utc=True, format="ISO8601", errors="coerce")
    unread = read.isna().to_numpy() & ~null
    if unread.any():
        row = int(unread.argmax())
        raise _bad(feature, row, f"{_quoted(items[row])} is not a time in ISO 8601")
    return read


_CASTS: dict[FeatureType, Callable[[Feature, Any], Any]] = {
    "int": _cast_int,
    "float": _cast_float,
    "category": _cast_category,
    "time": _cast_time,
    "id": _cast_text,
}
