"""Sizes: whole bytes, as Kubernetes wants them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from mlops_gitops.spec.scalars import Size, quantity_value

SIZE: TypeAdapter[str] = TypeAdapter(Size)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", "0.5"),
        ("2", "2"),
        ("1.5Gi", "1610612736"),
        ("10k", "10000"),
        ("3E", "3e18"),
        ("1Ei", "1152921504606846976"),
    ],
)
def test_a_quantity_has_one_value(text: str, value: str) -> None:
    assert quantity_value(text) == Decimal(value)


@pytest.mark.parametrize("written", ["512Mi", "1.5Gi", "10G", 1048576])
def test_whole_bytes_are_a_size(written: object) -> None:
    assert SIZE.validate_python(written) == str(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("500m", "write 500Mi for mebibytes"),
        ("0.5", "whole number of bytes"),
        ("1.0001k", "whole number"),
        ("lots", "not a quantity"),
    ],
)
def test_a_part_of_a_byte_is_none(written: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        SIZE.validate_python(written)
