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
_SAY_EVERY_S = 10.0


def await_health(target: Target, keys: Iterable[ResourceKey], timeout_s: float, say: Callable[[str], None]) -> None:
    """Return once each object is current or has failed, or when the time is up; the caller looks at the health."""
    begun = time.monotonic()
    pending = [key for key in keys if key.kind != "Job"]
    told: dict[ResourceKey, tuple[str, float]] = {}
    while pending:
        still = []
        waited_s = time.monotonic() - begun
        for key in pending:
            health = target.health(key)
            if health.state in (HealthState.CURRENT, HealthState.FAILED):
                if key in told:
                    say(f"{key}: {health.why or health.state.value}")
                continue
            still.append(key)
            why, at = told.get(key, ("", -_SAY_EVERY_S))
            if health.why != why or waited_s - at >= _SAY_EVERY_S:
                told[key] = (health.why, waited_s)
                say(f"{key}: {health.why} ({waited_s:.0f} s of {timeout_s:.0f} s)")
        pending = still
        if not pending or waited_s >= timeout_s:
            return
        time.sleep(_POLL_S)


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
