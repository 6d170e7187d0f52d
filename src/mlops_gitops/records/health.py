"""Health of a resource, in the words of kstatus, except that a running Job is in progress and not current."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class HealthState(Enum):
    """The closed set of states."""

    CURRENT = "current"
    IN_PROGRESS = "in progress"
    FAILED = "failed"
    TERMINATING = "terminating"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Health:
    """A state, and one sentence that says why."""

    state: HealthState
    why: str = ""
