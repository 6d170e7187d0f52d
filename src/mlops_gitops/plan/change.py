"""One line of a plan, and the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum


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


@dataclass(frozen=True, slots=True)
class ObjectCounts:
    """Objects by what will happen to them; ``replace`` is a new object under a new name for an old one."""

    create: int = 0
    change: int = 0
    replace: int = 0
    prune: int = 0

    def __bool__(self) -> bool:
        return bool(self.create or self.change or self.replace or self.prune)

    def __add__(self, other: ObjectCounts) -> ObjectCounts:
        return ObjectCounts(
            self.create + other.create,
            self.change + other.change,
            self.replace + other.replace,
            self.prune + other.prune,
        )


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """The changes of one project.

    ``objects`` are counted by environment.  ``only_compiler`` is set where its sources are the same and its files are
    not; ``former`` is the name that a renamed project had.
    """

    project: str
    changes: tuple[Change, ...]
    objects: Mapping[str, ObjectCounts] = field(default_factory=dict)
    only_compiler: bool = False
    former: str = ""

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say of it."""
        return not (self.changes or self.only_compiler)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the compiler that a side has and the other has not."""

    code: str
    where: str
    message: str
    severity: str


@dataclass(frozen=True, slots=True)
class DeviceTotal:
    """Accelerators of one kind that all projects ask for in an environment, before and after, and what may be asked.

    Training devices are busy while a Job runs, serving devices always.  Costs are of one hour with every Job running,
    in the platform's currency; nothing where no price is known.
    """

    environment: str
    resource: str
    before: int
    after: int
    limit: int | None = None
    cost_before: float | None = None
    cost_after: float | None = None


@dataclass(frozen=True, slots=True)
class LiveChange:
    """One object as a cluster answered the dry run: what would happen to it there, and why not where it would not."""

    environment: str
    object: str
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole comparison: what changes by project, devices and cost in total, findings that come and go."""

    base: str
    head: str
    projects: tuple[ProjectPlan, ...]
    devices: tuple[DeviceTotal, ...] = ()
    new_findings: tuple[Finding, ...] = ()
    fixed_findings: tuple[Finding, ...] = ()
    live: tuple[LiveChange, ...] | None = None
    """What the clusters answered to a dry run; nothing where they were not asked."""

    @property
    def objects(self) -> ObjectCounts:
        """Counts over all projects and environments."""
        return sum((counts for plan in self.projects for counts in plan.objects.values()), ObjectCounts())

    @property
    def by_environment(self) -> Mapping[str, ObjectCounts]:
        """Counts over all projects, by environment."""
        totals: dict[str, ObjectCounts] = {}
        for plan in self.projects:
            for environment, counts in plan.objects.items():
                totals[environment] = totals.get(environment, ObjectCounts()) + counts
        return totals

    @property
    def empty(self) -> bool:
        """Whether nothing at all would change."""
        return all(plan.quiet for plan in self.projects)


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
