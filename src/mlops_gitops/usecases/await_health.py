"""Wait for objects to become healthy, or to be gone, and say what is being waited for.

A Job is never waited for: training takes as long as it takes, and an apply that is over must not look unfinished.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from mlops_gitops.ports.target import Target
from mlops_gitops.records.health import HealthState
from mlops_gitops.records.resource import ResourceKey

_POLL_S = 0.1
# What is over within a moment is not worth a line; a longer wait is told when it changes and now and then.
_SAY_FIRST_S, _SAY_EVERY_S = 1.0, 10.0


def await_health(target: Target, keys: Iterable[ResourceKey], timeout_s: float, say: Callable[[str], None]) -> None:
    """Return once each object is current or has failed, or when the time is up; the caller looks at the health."""
    begun = time.monotonic()
    pending = [key for key in keys if key.kind != "Job"]
    told: dict[ResourceKey, tuple[str, float]] = {}
    while pending:
        waited_s = time.monotonic() - begun
        pending = [key for key in pending if not _settled(target, key, waited_s, timeout_s, told, say)]
        if waited_s >= timeout_s:
            return
        if pending:
            time.sleep(_POLL_S)


def _settled(
    target: Target,
    key: ResourceKey,
    waited_s: float,
    timeout_s: float,
    told: dict[ResourceKey, tuple[str, float]],
    say: Callable[[str], None],
) -> bool:
    health = target.health(key)
    why, at = told.get(key, ("", _SAY_FIRST_S - _SAY_EVERY_S))
    if health.state in (HealthState.CURRENT, HealthState.FAILED):
        if key in told or health.state is HealthState.FAILED:
            say(f"{key}: {health.why or health.state.value}")
        return True
    if waited_s >= _SAY_FIRST_S and (health.why != why or waited_s - at >= _SAY_EVERY_S):
        told[key] = (health.why, waited_s)
        say(f"{key}: {health.why} ({waited_s:.0f} s of {timeout_s:.0f} s)")
    return False


def await_gone(target: Target, keys: Iterable[ResourceKey], timeout_s: float, say: Callable[[str], None]) -> None:
    """Return once the target holds none of the objects, or when the time is up."""
    begun = time.monotonic()
    pending = list(keys)
    while pending:
        pending = [key for key in pending if target.health(key).state is not HealthState.NOT_FOUND]
        if not pending:
            return
        if time.monotonic() - begun >= timeout_s:
            say(f"still stopping after {timeout_s:.0f} s: {', '.join(map(str, pending))}")
            return
        time.sleep(_POLL_S)
