"""Whatever a column comes as, the statistics see the same numbers or levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.detector.columns import as_numbers, count_levels


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, None],
        [1.0, 2.0, float("nan")],
        np.array([1.0, 2.0, np.nan], dtype=np.float32),
        np.array([1, 2, None], dtype=object),
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1.0, 2.0, None]),
        pd.Series([1, 2, None], dtype="category"),
    ],
    ids=["list", "nan", "float32", "objects", "Int64", "float64", "categorical"],
)
def test_numbers_from_anything(values):
    numbers = as_numbers("amount", values)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [1.0, 2.0, np.nan])


def test_numbers_keep_infinities_booleans_and_emptiness():
    np.testing.assert_array_equal(as_numbers("x", [-np.inf, np.inf]), [-np.inf, np.inf])
    np.testing.assert_array_equal(as_numbers("x", [True, False]), [1.0, 0.0])
    assert as_numbers("x", []).shape == (0,)


@pytest.mark.parametrize(
    "values",
    [["a", "b"], np.array(["1", "2"]), np.array(["2026-01-01"], dtype="datetime64[D]"), pd.Series(["x"]), [1j]],
    ids=["text", "digits as text", "dates", "series", "complex"],
)
def test_what_is_no_number_is_refused_by_name(values):
    with pytest.raises(ValueError, match="column amount is not numeric"):
        as_numbers("amount", values)


def test_a_table_is_no_column():
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        as_numbers("amount", [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", "b", None, None],
        np.array(["b", "a", "b", None, float("nan")], dtype=object),
        pd.Series(["b", "a", "b", None, None]),
        pd.Series(["b", "a", "b", None, None], dtype="category"),
        pd.Series(["b", "a", "b", None, None], dtype=pd.CategoricalDtype(["never", "b", "a"])),
        pd.Series(["b", "a", "b", pd.NA, None], dtype=object),
    ],
    ids=["list", "objects", "str", "category", "unused level", "NA"],
)
def test_levels_from_anything(values):
    levels, missing = count_levels("country", values)
    assert dict(levels) == {"a": 1, "b": 2}
    assert missing == 2


def test_a_whole_number_is_one_level_however_it_is_stored():
    assert dict(count_levels("code", [1, 1.0, "1", np.int64(1)])[0]) == {"1": 4}
    assert dict(count_levels("flag", [True, False, True])[0]) == {"True": 2, "False": 1}
    assert dict(count_levels("rate", [1.5, np.inf])[0]) == {"1.5": 1, "inf": 1}
    assert count_levels("empty", []) == ({}, 0)
