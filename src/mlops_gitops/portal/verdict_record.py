"""Reading a verdict for a page: whole and sound, or not at all; half a verdict would mislead."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from mlops_gitops.records.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def read_verdict(plain: Mapping[str, Any]) -> Verdict | None:
    """The verdict, or nothing where its record is damaged."""
    try:
        verdict = Verdict.from_plain(dict(plain))
    except (KeyError, TypeError, ValueError):
        return None
    return verdict if all(_is_sound(row) for row in _records(verdict)) else None


def _records(verdict: Verdict) -> Iterator[DataclassInstance]:
    yield verdict
    yield from verdict.metrics
    yield from verdict.columns
    if verdict.former:
        yield verdict.former


def _is_sound(record: DataclassInstance) -> bool:
    """Every field that is to be a number is one: reading alone does not look."""
    named = [(field.type, getattr(record, field.name)) for field in fields(record)]
    return all(
        isinstance(value, int | float) and math.isfinite(value) for kind, value in named if kind in ("int", "float")
    )
