"""Lengths of time as CI systems write them."""

from __future__ import annotations

import math
from datetime import timedelta

from mlops_gitops.spec.scalars import whole_seconds
from mlops_gitops.spec.spelling import spelling


@spelling
def gitlab_duration(value: timedelta) -> str:
    """Minutes and seconds, as ``timeout`` and ``expire_in`` read them; whole days as days."""
    days, rest = divmod(whole_seconds(value), 86400)
    if days and not rest:
        return f"{days} days"
    minutes, seconds = divmod(whole_seconds(value), 60)
    parts = (f"{count} {unit}" for count, unit in ((minutes, "minutes"), (seconds, "seconds")) if count)
    return " ".join(parts)


def gitlab_expiry(value: timedelta | str) -> str:
    """``expire_in``, where ``forever`` is ``never``."""
    return "never" if isinstance(value, str) else gitlab_duration(value)


@spelling
def whole_minutes(value: timedelta) -> int:
    """Minutes, rounded up."""
    return math.ceil(value.total_seconds() / 60)
