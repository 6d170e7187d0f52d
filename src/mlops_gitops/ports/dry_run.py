"""Asking a cluster what an apply would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from mlops_gitops.records.resource import Resource


class Outcome(Enum):
    """What an apply of one object would come to."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    KEEP = "keep"
    """It left git, and is not removed: it still runs."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The answer for one object; ``why`` is the cluster's own word where it is refused."""

    object: str
    outcome: Outcome
    why: str = ""


class DryRun(Protocol):
    """A cluster that can be asked; every method may raise ``OutsideError``, none changes anything."""

    def try_apply(self, resources: Iterable[Resource]) -> Iterable[Tried]:
        """One answer an object, in their order."""
        ...

    def running_jobs(self, namespaces: Iterable[str]) -> Iterable[tuple[str, str]]:
        """Namespace and name of each Job that the product made and that still runs."""
        ...
