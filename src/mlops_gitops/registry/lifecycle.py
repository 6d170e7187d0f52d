"""The statuses of a model version and the steps between them: one table, and what a step does to other versions.

::

    experimental ⇄ staging ⇄ production      promote → , ← demote
         └──────────┴── archive ──→ archived ── restore ──→ staging
    experimental, staging, archived ── deprecate ──→ deprecated ── restore ──→ archived

A version in production is never archived by hand, for something must serve: it is demoted, or another one promoted,
which archives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mlops_gitops.diagnostics import RefusedError


class Status(Enum):
    """Where a version stands."""

    EXPERIMENTAL = "experimental"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"


class Step(Enum):
    """What may be done to a version."""

    PROMOTE = "promote"
    DEMOTE = "demote"
    ARCHIVE = "archive"
    RESTORE = "restore"
    DEPRECATE = "deprecate"
    ROLL_BACK = "roll_back"


TABLE: Mapping[tuple[Status, Step], Status] = {
    (Status.EXPERIMENTAL, Step.PROMOTE): Status.STAGING,
    (Status.STAGING, Step.PROMOTE): Status.PRODUCTION,
    (Status.PRODUCTION, Step.DEMOTE): Status.STAGING,
    (Status.STAGING, Step.DEMOTE): Status.EXPERIMENTAL,
    (Status.EXPERIMENTAL, Step.ARCHIVE): Status.ARCHIVED,
    (Status.STAGING, Step.ARCHIVE): Status.ARCHIVED,
    (Status.ARCHIVED, Step.RESTORE): Status.STAGING,
    (Status.DEPRECATED, Step.RESTORE): Status.ARCHIVED,
    (Status.EXPERIMENTAL, Step.DEPRECATE): Status.DEPRECATED,
    (Status.STAGING, Step.DEPRECATE): Status.DEPRECATED,
    (Status.ARCHIVED, Step.DEPRECATE): Status.DEPRECATED,
    # Restore and promote in one step: what served before serves again.
    (Status.ARCHIVED, Step.ROLL_BACK): Status.PRODUCTION,
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One step that was taken: which version, from where to where, by whom, when and why."""

    version: int
    step: Step
    before: Status
    after: Status
    who: str
    when: datetime
    why: str


def transitions(
    version: int, step: Step, statuses: Mapping[int, Status], *, who: str, when: datetime, why: str
) -> tuple[Transition, ...]:
    """All that a step does, in order: the versions that it pushes out of production first, then the step itself.

    ``statuses`` holds every registered version.  Raises ``RefusedError``, naming the legal steps, on an illegal one.
    """
    before = statuses.get(version)
    if before is None:
        raise RefusedError(f"there is no version {version}", why=f"registered: {_listed(statuses)}")
    after = TABLE.get((before, step))
    if after is None:
        legal = ", ".join(other.value for (status, other) in TABLE if status is before)
        raise RefusedError(
            f"v{version} is {before.value}: {step.value} is not possible from there", todo=f"possible: {legal}"
        )
    pushed = [
        Transition(other, Step.ARCHIVE, status, Status.ARCHIVED, who, when, f"v{version} took its place")
        for other, status in sorted(statuses.items())
        if after is Status.PRODUCTION and status is Status.PRODUCTION
    ]
    return (*pushed, Transition(version, step, before, after, who, when, why))


def _listed(statuses: Mapping[int, Status]) -> str:
    return ", ".join(f"v{version}" for version in sorted(statuses)) or "none"
