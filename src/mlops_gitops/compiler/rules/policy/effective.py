"""What stands at a dotted key of a spec, written or default, and whether that is what a policy's value means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum

from pydantic import BaseModel

from mlops_gitops.compiler.value_words import kind
from mlops_gitops.spec.scalars import format_duration, parse_duration

ABSENT = object()
"""Nothing stands there: a key of a mapping that a project may fill as it likes."""
NO_KEY = object()
"""The language has no such key."""


def dotted_keys(path: str) -> tuple[str, ...]:
    """``testing.thresholds.recall`` as its keys."""
    return tuple(path.split("."))


def effective(spec: BaseModel, keys: tuple[str, ...]) -> object:
    """The value at a key; ``ABSENT`` where there is none, ``NO_KEY`` where there can be none."""
    value: object = spec
    for key in keys:
        if isinstance(value, BaseModel) and key in type(value).model_fields:
            value = getattr(value, key)
        elif isinstance(value, Mapping) or value is ABSENT:
            value = value.get(key, ABSENT) if isinstance(value, Mapping) else ABSENT
        else:
            return NO_KEY
    return value


def is_same(value: object, wanted: bool | float | str) -> bool:
    """Whether a spec's value is the one that a policy names; a duration is the same in all its notations."""
    plain = value.value if isinstance(value, Enum) else value
    if isinstance(plain, timedelta):
        try:
            return isinstance(wanted, str) and parse_duration(wanted) == plain
        except ValueError:
            return False
    if isinstance(plain, bool) or isinstance(wanted, bool):
        return plain is wanted
    return plain == wanted


def shown(value: object, *, with_type: bool = False) -> str:
    """A value as a configuration has it, or said so that a number is no text."""
    plain = value.value if isinstance(value, Enum) else value
    if with_type and isinstance(plain, str | int | float):
        return kind(plain) if isinstance(plain, str | bool) else f"the number {plain:g}"
    if isinstance(plain, timedelta):
        return f"`{format_duration(plain)}`"
    if isinstance(plain, bool):
        return f"`{str(plain).lower()}`"
    if isinstance(plain, float):
        return f"`{plain:g}`"
    return f"`{plain}`" if isinstance(plain, str | int | date) else "a section"
