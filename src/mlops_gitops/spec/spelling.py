"""Functions that only write values in another notation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Values = ParamSpec("Values")
Written = TypeVar("Written")

# Kinds of which a value remembers nothing: most are of these.
_PLAIN = frozenset({str, int, float, bool, timedelta})


def spelling(function: Callable[Values, Written]) -> Callable[Values, Written]:
    """Marks such a function: what it looks at in the values decides nothing but how they are written.

    Values that remember where they come from (``compiler/origins``) hand that on to what they are written as.  The
    values are given by position.
    """

    @wraps(function)
    def spell(*values: Values.args, **named: Values.kwargs) -> Written:
        for value in values:
            if type(value) in _PLAIN:
                continue
            respelled: Callable[..., Any] | None = getattr(value, "respelled", None)
            if respelled is not None:
                written: Written = respelled(function, values)
                return written
        return function(*values, **named)

    return spell
