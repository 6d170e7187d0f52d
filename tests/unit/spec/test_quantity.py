"""Sums of quantities."""

from __future__ import annotations

import pytest

from mlops_gitops.spec.quantity import added


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
