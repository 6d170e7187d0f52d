"""The write-ahead journal of one apply: what is about to be done, and how far it came.

It is written before each change and removed after the last.  A journal that is still there when the next run begins
tells that a run was cut off, at which object, and with what left to do.  Since the next run starts from what is live,
completing means: do again the object that was in hand (every step is safe to repeat) and carry on from git.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.reconciler.steps import Steps
from mlops_gitops.records.resource import ResourceKey


@dataclass(frozen=True, slots=True)
class Journal:
    """``planned``: how many changes; ``done``: how many are over; ``doing``: the object in hand, if any."""

    commit: str
    planned: int
    done: int = 0
    doing: ResourceKey | None = None

    @classmethod
    def of(cls, commit: str, steps: Steps) -> Journal:
        """The journal before the first change."""
        return cls(commit, len(steps.mutating))

    def about_to(self, key: ResourceKey) -> Journal:
        """Written before an object is touched."""
        return replace(self, doing=key)

    def finished(self) -> Journal:
        """After the object in hand is over, well or badly."""
        return replace(self, done=self.done + 1, doing=None)

    @property
    def sentence(self) -> str:
        """What the next run says of a journal that it finds."""
        at = f" at {self.doing}" if self.doing else ""
        return f"the run for commit {self.commit[:7]} was cut off{at} ({self.done} of {self.planned} changes were done)"

    def to_plain(self) -> dict[str, Any]:
        """Plain data."""
        doing = self.doing
        return {
            "commit": self.commit,
            "planned": self.planned,
            "done": self.done,
            "doing": [doing.group, doing.kind, doing.namespace, doing.name] if doing else None,
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Journal:
        """Read plain data back; raises ``OutsideError`` where it is not a journal."""
        try:
            doing = ResourceKey(*plain["doing"]) if plain["doing"] else None
            return cls(str(plain["commit"]), int(plain["planned"]), int(plain["done"]), doing)
        except (KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                "the journal of an interrupted run is damaged",
                why=f"{type(error).__name__}: {error}",
                todo="remove it and reconcile again: every step is safe to repeat",
            ) from error
