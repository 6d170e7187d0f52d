"""Sizes: whole bytes, as Kubernetes wants them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from mlops_gitops.spec.scalars import Size

SIZE: TypeAdapter[str] = TypeAdapter(Size)


@pytest.mark.parametrize("written", ["512Mi", "1.5Gi", "10G", 1048576])
def test_whole_bytes_are_a_size(written: object) -> None:
    assert SIZE.validate_python(written) == str(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("500m", "write 500Mi for mebibytes"),
        ("0.5", "whole number of bytes"),
        ("1.0001k", "whole number"),
        ("9Ei", "more bytes"),
        ("lots", "not a quantity"),
    ],
)
def test_a_part_of_a_byte_is_none(written: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        SIZE.validate_python(written)
