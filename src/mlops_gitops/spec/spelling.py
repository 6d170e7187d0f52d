"""Functions that only write a value in another notation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Value = TypeVar("Value")
Written = TypeVar("Written")


def spelling(function: Callable[[Value], Written]) -> Callable[[Value], Written]:
    """Marks such a function: what it looks at in the value decides nothing but how the value is written.

    A value that remembers where it comes from (``compiler/origins``) hands that on to what it is written as.
    """

    @wraps(function)
    def spell(value: Value) -> Written:
        respelled: Callable[..., Any] | None = getattr(value, "respelled", None)
        written: Written = function(value) if respelled is None else respelled(function)
        return written

    return spell
