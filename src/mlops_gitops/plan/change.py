"""One line of a plan, and the whole of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class Effect(Enum):
    """What a change does, where it can be said in one word."""

    WEAKER = "weaker"
    TIGHTER = "tighter"
    REPLACED = "replaced"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """``area`` is the reader's word (gate, training, serving, alerts, …), ``text`` the old and new value."""

    area: str
    text: str
    effect: Effect
    note: str = ""
    environments: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "effect": self.effect.value, "environments": list(self.environments)}


@dataclass(frozen=True, slots=True)
class ObjectCounts:
    """Objects by what will happen to them; ``replace`` is a new object under a new name for an old one."""

    create: int = 0
    change: int = 0
    replace: int = 0
    prune: int = 0

    def __add__(self, other: ObjectCounts) -> ObjectCounts:
        return ObjectCounts(
            self.create + other.create,
            self.change + other.change,
            self.replace + other.replace,
            self.prune + other.prune,
        )


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """The changes of one project.  ``only_compiler`` is set where its sources are the same and its files are not."""

    project: str
    changes: tuple[Change, ...]
    objects: ObjectCounts = ObjectCounts()
    only_compiler: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole comparison; ``gpus`` are accelerators wanted by all training Jobs, before and after."""

    base: str
    head: str
    projects: tuple[ProjectPlan, ...]
    gpus: tuple[int, int] = (0, 0)
    warnings: tuple[str, ...] = field(default=())

    @property
    def objects(self) -> ObjectCounts:
        """Counts over all projects."""
        return sum((plan.objects for plan in self.projects), ObjectCounts())

    @property
    def empty(self) -> bool:
        """Whether nothing at all would change."""
        return not any(plan.changes or plan.only_compiler for plan in self.projects)


def merge_environments(changes: Iterable[tuple[str, Change]]) -> tuple[Change, ...]:
    """Join changes that say the same of several environments into one line that names them all.

    The empty name stands for a change that is one for all environments.
    """
    joined: dict[tuple[str, str, Effect, str], list[str]] = {}
    for environment, change in changes:
        named = joined.setdefault((change.area, change.text, change.effect, change.note), [])
        if environment and environment not in named:
            named.append(environment)
    return tuple(Change(*key, tuple(environments)) for key, environments in joined.items())
