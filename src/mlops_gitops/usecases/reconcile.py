"""Make a target hold what a commit says: decide, then apply wave by wave, telling all along.

In this order, so that a crash at any point loses nothing: take the environment's lock; read inventory and journal;
decide; write inventory (old ∪ new) and journal; carry out each step with the journal ahead of it; wait for health
between waves; prune only once everything applied is healthy; write the inventory without what was pruned; add to the
ledger; remove the journal.  One project that fails never keeps another from its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mlops_gitops.compiler.targets.platform import OWNER as PLATFORM
from mlops_gitops.ports.locks import Locks
from mlops_gitops.ports.state_store import StateStore
from mlops_gitops.ports.target import Target
from mlops_gitops.reconciler.inventory import Inventory
from mlops_gitops.reconciler.journal import Journal
from mlops_gitops.reconciler.outcomes import Change, Outcome
from mlops_gitops.reconciler.steps import ApplyPolicy, Condition, Step, Steps, decide
from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.health import HealthState
from mlops_gitops.records.resource import Resource, ResourceKey
from mlops_gitops.usecases.apply_steps import INTENDED, Application

_WORKLOADS = frozenset({"Deployment", "Job"})


@dataclass(frozen=True, slots=True)
class ReconcileOptions:
    """``project`` limits everything, pruning too, to one project; ``wait`` waits for health.

    What the platform sets for all (namespace, shared storage) comes with every project: none runs without it.
    The roll-out's time is a little over a Deployment's usual deadline, so that its own reason for failing is heard.
    """

    project: str | None = None
    dry_run: bool = False
    wait: bool = True
    lock_timeout_s: float = 60.0
    rollout_timeout_s: float = 330.0
    policy: ApplyPolicy = field(default_factory=ApplyPolicy)

    def covers(self, project: str) -> bool:
        """Whether an object of this project is to be looked at."""
        return self.project is None or project in (self.project, PLATFORM)


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What a reconcile did, object by object; after a dry run, what it would do."""

    environment: str
    commit: str
    dry_run: bool
    changes: tuple[Change, ...]

    def count(self, outcome: Outcome) -> int:
        """How many objects ended so."""
        return sum(change.outcome is outcome for change in self.changes)

    @property
    def would_change(self) -> bool:
        """Whether anything was, or would be, created, changed or pruned."""
        return any(change.outcome in (Outcome.CREATED, Outcome.CHANGED, Outcome.PRUNED) for change in self.changes)

    @property
    def healthy(self) -> bool:
        """Nothing failed, and all that runs is healthy (or a Job that still runs)."""
        return all(change.good for change in self.changes)

    @property
    def summary(self) -> str:
        """The counts that are not zero, in words."""
        counts = [f"{self.count(outcome)} {outcome.value}" for outcome in Outcome if self.count(outcome)]
        return ", ".join(counts) or "nothing to do"


def reconcile(
    target: Target,
    desired: tuple[Resource, ...],
    commit: str,
    *,
    environment: str,
    state: StateStore,
    locks: Locks,
    say: Callable[[str], None],
    options: ReconcileOptions | None = None,
) -> ReconcileReport:
    """Apply ``desired``, all objects that the commit renders for the environment.

    Raises ``RefusedError`` before the first change (lock, empty render, prune budget), ``OutsideError`` where the
    target or the state cannot be reached; a step that fails is in the report instead.
    """
    options = options or ReconcileOptions()
    desired = tuple(one for one in desired if options.covers(one.project))
    if options.dry_run:
        _inventory, steps = _decided(target, desired, environment, state, options)
        return ReconcileReport(environment, commit, True, tuple(_intended(step) for step in steps.all))
    with locks.hold(environment, f"reconcile --environment {environment}", options.lock_timeout_s, say):
        _tell_interrupted(state, environment, say)
        inventory, steps = _decided(target, desired, environment, state, options)
        inventory = inventory.including(desired)
        if steps.mutating:
            state.write(_inventory_name(environment), inventory.to_plain())
        application = Application(
            target,
            commit,
            lambda journal: state.write(_journal_name(environment), journal.to_plain()),
            say,
            options.rollout_timeout_s if options.wait else None,
        )
        application.run(steps)
        report = ReconcileReport(environment, commit, False, tuple(application.changes.values()))
        _close(report, target, state, inventory, steps, application, {one.project for one in desired})
        return report


def _tell_interrupted(state: StateStore, environment: str, say: Callable[[str], None]) -> None:
    left = state.read(_journal_name(environment))
    if left is not None:
        say(f"{Journal.from_plain(left).sentence}: this run completes it")


def _close(
    report: ReconcileReport,
    target: Target,
    state: StateStore,
    inventory: Inventory,
    steps: Steps,
    application: Application,
    projects: set[str],
) -> None:
    """Inventory without what was pruned, a line in the ledger, and only then no journal any more."""
    before = inventory.commits
    inventory = inventory.without([*application.with_outcome(Outcome.PRUNED), *steps.lost])
    inventory = inventory.at(report.commit, projects - set(application.failed_projects))
    if steps.mutating or steps.lost or inventory.commits != before:
        state.write(_inventory_name(report.environment), inventory.to_plain())
        state.append(f"ledger/{report.environment}", _ledger_line(report, target.name))
    state.remove(_journal_name(report.environment))


def _ledger_line(report: ReconcileReport, target: str) -> dict[str, object]:
    told = [one for one in report.changes if one.outcome not in (Outcome.UNCHANGED, Outcome.SKIPPED)]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": report.commit,
        "target": target,
        "healthy": report.healthy,
        "changes": [
            {"outcome": one.outcome.value, "kind": one.key.kind, "name": one.key.name, "why": one.why} for one in told
        ],
    }


def _decided(
    target: Target, desired: tuple[Resource, ...], environment: str, state: StateStore, options: ReconcileOptions
) -> tuple[Inventory, Steps]:
    """The inventory as it stands, and the steps to take for the chosen projects."""
    inventory = read_inventory(state, environment)
    owned = {key: project for key, project in inventory.owned.items() if options.covers(project)}
    chosen = Inventory(owned, inventory.commits)
    live = tuple(one for one in target.live() if options.covers(one.project) or one.key in owned)
    left = state.read(_journal_name(environment))
    doubtful = Journal.from_plain(left).doing if left is not None else None
    condition = _condition(target, live, [doubtful] if doubtful else [])
    return inventory, decide(desired, live, chosen, options.policy, condition)


def _condition(target: Target, live: Iterable[LiveResource], doubtful: list[ResourceKey]) -> Condition:
    states = {one.key: target.health(one.key).state for one in live if one.key.kind in _WORKLOADS}
    return Condition(
        running=[key for key, now in states.items() if key.kind == "Job" and now is HealthState.IN_PROGRESS],
        failed=[key for key, now in states.items() if now is HealthState.FAILED],
        doubtful=doubtful,
    )


def read_inventory(state: StateStore, environment: str) -> Inventory:
    """The environment's inventory; empty before the first reconcile."""
    plain = state.read(_inventory_name(environment))
    return Inventory() if plain is None else Inventory.from_plain(plain)


def _inventory_name(environment: str) -> str:
    return f"inventory/{environment}"


def _journal_name(environment: str) -> str:
    return f"journal/{environment}"


def _intended(step: Step) -> Change:
    return Change(step.key, step.project, INTENDED[step.action], step.why)
