"""Where an environment stands: per project the commit wanted and the one running, health, drift, and why."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.ports.state_store import StateStore
from mlops_gitops.ports.target import Target
from mlops_gitops.reconciler.diff import differ
from mlops_gitops.records.health import Health, HealthState
from mlops_gitops.records.resource import Resource, ResourceKey
from mlops_gitops.usecases.reconcile import read_inventory

# The first state that any object of a project is in, in this order, is the project's.
_WORST_FIRST = (
    (HealthState.FAILED, "failed"),
    (HealthState.NOT_FOUND, "missing"),
    (HealthState.TERMINATING, "progressing"),
    (HealthState.IN_PROGRESS, "progressing"),
)


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One project; ``running`` is empty before its first full apply, ``drift`` counts objects unlike git."""

    project: str
    environment: str
    wanted: str
    running: str
    health: str
    drift: int
    why: str


def status(
    target: Target, desired: tuple[Resource, ...], commit: str, *, environment: str, state: StateStore
) -> tuple[StatusRow, ...]:
    """A row for each project that is desired or owned, by name; changes nothing."""
    inventory = read_inventory(state, environment)
    live = tuple(target.live())
    rows = []
    for project in sorted({one.project for one in desired} | set(inventory.owned.values())):
        wanted = [one for one in desired if one.project == project]
        difference = differ(wanted, live, inventory.of_project(project))
        # What was never applied says nothing about the health of what runs: it is drift.
        applied = [one for one in wanted if one.key in inventory.owned]
        word, why = _word([(one.key, target.health(one.key)) for one in applied or wanted])
        if not wanted:
            word, why = "left git", "reconcile removes it"
        elif difference.drift and not why:
            keys = [*(one.key for one in (*difference.new, *difference.changed)), *difference.gone]
            why = f"not as git has it: {', '.join(map(str, keys))}"
        running = inventory.commits.get(project, "")
        rows.append(StatusRow(project, environment, commit if wanted else "", running, word, difference.drift, why))
    return tuple(rows)


def _word(healths: list[tuple[ResourceKey, Health]]) -> tuple[str, str]:
    """The worst state in a word, and why; a Job that runs is told, but leaves its project healthy."""
    for state, word in _WORST_FIRST:
        found = [(key, one) for key, one in healths if one.state is state]
        blocking = [(key, one) for key, one in found if not (key.kind == "Job" and state is HealthState.IN_PROGRESS)]
        if blocking:
            key, health = blocking[0]
            return word, f"{key}: {health.why}" if health.why else str(key)
        if found:
            key, health = found[0]
            return "healthy", f"{key}: {health.why}"
    return "healthy", ""
