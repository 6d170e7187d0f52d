"""Sums and comparisons of quantities."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mlops_gitops.spec.quantity import added, amount


@pytest.mark.parametrize(
    ("text", "number"),
    [("500m", Fraction(1, 2)), ("2", Fraction(2)), ("1.5", Fraction(3, 2)), ("4Gi", Fraction(2**32)), ("1k", 1000)],
)
def test_how_much_it_is(text: str, number: Fraction) -> None:
    assert amount(text) == number


@pytest.mark.parametrize(
    ("one", "other", "total"),
    [
        ("4Gi", "2Gi", "6Gi"),
        ("4Gi", "512Mi", "4608Mi"),
        ("0.5Gi", "512Mi", "1Gi"),
        ("1G", "1Gi", "2073741824"),
        ("0", "0", "0"),
        ("1.5", "0", "2"),
    ],
)
def test_a_sum_is_exact_and_short(one: str, other: str, total: str) -> None:
    assert added(one, other) == total


@pytest.mark.parametrize("text", ["", "Gi", "-1", "1e3", "4gi", "1 Gi"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        amount(text)
