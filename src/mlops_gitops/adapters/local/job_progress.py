"""Decide how a Job comes to its end: pure, a tick at a time.

A Job runs once for its template, however often it is applied; an attempt that was cut off with the supervisor (and did
not fail by itself) is begun again without counting.  ``ttlSecondsAfterFinished`` is not observed: the record that a Job
is through is what keeps it from running twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_BACKOFF_S, _LONGEST_BACKOFF_S = 1.0, 10.0


@dataclass(frozen=True, slots=True)
class WantJob:
    """The Job; ``deadline_s`` is absent without ``activeDeadlineSeconds``."""

    revision: str
    generation: int
    backoff_limit: int
    deadline_s: float | None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """The pod of the current try: ``exit_status`` is absent while it runs; ``log`` is the tail of its log."""

    name: str
    revision: str
    exit_status: int | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """What must be remembered of a Job; ``ended`` is empty, ``Complete`` or ``Failed``."""

    revision: str = ""
    started: float = 0.0
    failed_tries: int = 0
    next_try: float = 0.0
    ended: str = ""
    ended_at: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class JobDecision:
    """Whether to start a try, which pods to stop or clear away, and the status to show."""

    progress: JobProgress
    start: bool
    stop: tuple[str, ...]
    status: dict[str, Any]


def decide_job(want: WantJob, before: JobProgress, attempts: tuple[Attempt, ...], now: float) -> JobDecision:
    """One tick; ``attempts`` are this Job's pods that are not stopping already (one at most of each revision)."""
    progress = before if before.revision == want.revision else JobProgress(want.revision)
    other = tuple(one.name for one in attempts if one.revision != want.revision)
    current = next((one for one in attempts if one.revision == want.revision), None)
    if not progress.ended:
        progress = _judged(want, progress, current, now)
    over = progress.ended or want.suspended or (current is not None and current.exit_status is not None)
    stop = (*other, current.name) if current and over else other
    start = not over and current is None and now >= progress.next_try
    if start and not progress.started:
        progress = replace(progress, started=now)
    return JobDecision(progress, start, stop, _status(want, progress, active=start or bool(current and not over)))


def _judged(want: WantJob, progress: JobProgress, current: Attempt | None, now: float) -> JobProgress:
    if current and current.exit_status == 0:
        return replace(progress, ended="Complete", ended_at=now)
    if current and current.exit_status is not None:
        tries = progress.failed_tries + 1
        end = f"exit status {current.exit_status}" if current.exit_status >= 0 else "killed by a signal"
        why = f"{end} in try {tries} of {want.backoff_limit + 1}\n{current.log}"
        pause = min(_BACKOFF_S * 2 ** (tries - 1), _LONGEST_BACKOFF_S)
        progress = replace(progress, failed_tries=tries, next_try=now + pause, why=why)
        if tries > want.backoff_limit:
            return replace(progress, ended="Failed", ended_at=now)
    elif want.deadline_s is not None and progress.started and now - progress.started > want.deadline_s:
        log = f"\n{current.log}" if current else ""
        why = f"not through within {want.deadline_s:g} s (activeDeadlineSeconds){log}"
        return replace(progress, ended="Failed", ended_at=now, why=why)
    return progress


def _status(want: WantJob, progress: JobProgress, *, active: bool) -> dict[str, Any]:
    status: dict[str, Any] = {"observedGeneration": want.generation, "active": int(active)}
    if progress.started:
        status["startTime"] = progress.started
    if progress.failed_tries:
        status["failed"] = progress.failed_tries
    if progress.ended:
        status["conditions"] = [{"type": progress.ended, "status": "True", "message": progress.why}]
    if progress.ended == "Complete":
        status |= {"succeeded": 1, "completionTime": progress.ended_at}
    return status
