"""What became of each step: a closed set, so that counts always add up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlops_gitops.records.health import Health, HealthState
from mlops_gitops.records.resource import ResourceKey


class Outcome(Enum):
    """The end of a step."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PRUNED = "pruned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Change:
    """One object after an apply: the outcome of its step, why where that needs a word, and its health."""

    key: ResourceKey
    project: str
    outcome: Outcome
    why: str = ""
    health: Health | None = None

    @property
    def good(self) -> bool:
        """Nothing failed; a Job that still runs is as good as one that is through."""
        if self.outcome is Outcome.FAILED:
            return False
        if self.health is None or self.health.state is HealthState.CURRENT:
            return True
        return self.key.kind == "Job" and self.health.state is HealthState.IN_PROGRESS
