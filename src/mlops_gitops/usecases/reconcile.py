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

from mlops_gitops.diagnostics import MlopsError
from mlops_gitops.ports.locks import Locks
from mlops_gitops.ports.state_store import StateStore
from mlops_gitops.ports.target import Target
from mlops_gitops.reconciler.inventory import Inventory
from mlops_gitops.reconciler.journal import Journal
from mlops_gitops.reconciler.outcomes import Change, Outcome
from mlops_gitops.reconciler.steps import Action, ApplyPolicy, Condition, Step, Steps, decide
from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.health import HealthState
from mlops_gitops.records.resource import Resource, ResourceKey
from mlops_gitops.usecases.await_health import await_gone, await_health

_WORKLOADS = frozenset({"Deployment", "Job"})


@dataclass(frozen=True, slots=True)
class ReconcileOptions:
    """``project`` limits everything, pruning too, to one project; ``wait`` waits for health."""

    project: str | None = None
    dry_run: bool = False
    wait: bool = True
    lock_timeout_s: float = 60.0
    rollout_timeout_s: float = 300.0
    policy: ApplyPolicy = field(default_factory=ApplyPolicy)


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
    desired = tuple(one for one in desired if options.project in (None, one.project))
    if options.dry_run:
        _inventory, steps = _decided(target, desired, environment, state, options)
        return ReconcileReport(environment, commit, True, tuple(_intended(step) for step in steps.all))
    with locks.hold(environment, f"reconcile --environment {environment}", options.lock_timeout_s, say):
        return _Apply(target, desired, commit, environment, state, options, say).run()


def _decided(
    target: Target, desired: tuple[Resource, ...], environment: str, state: StateStore, options: ReconcileOptions
) -> tuple[Inventory, Steps]:
    """The inventory as it stands, and the steps to take for the chosen projects."""
    inventory = read_inventory(state, environment)
    chosen = inventory if options.project is None else _only(inventory, options.project)
    live = tuple(one for one in target.live() if options.project in (None, one.project) or one.key in chosen.owned)
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
    plain = state.read(f"inventory/{environment}")
    return Inventory() if plain is None else Inventory.from_plain(plain)


def _only(inventory: Inventory, project: str) -> Inventory:
    return Inventory({key: name for key, name in inventory.owned.items() if name == project}, inventory.commits)


def _journal_name(environment: str) -> str:
    return f"journal/{environment}"


_INTENDED = {
    Action.CREATE: Outcome.CREATED,
    Action.CHANGE: Outcome.CHANGED,
    Action.LEAVE: Outcome.UNCHANGED,
    Action.PRUNE: Outcome.PRUNED,
    Action.KEEP: Outcome.SKIPPED,
}


def _intended(step: Step) -> Change:
    return Change(step.key, step.project, _INTENDED[step.action], step.why)


class _Apply:
    """One apply under the lock; the order of ``run`` is the guarantee that the module's docstring gives."""

    def __init__(
        self,
        target: Target,
        desired: tuple[Resource, ...],
        commit: str,
        environment: str,
        state: StateStore,
        options: ReconcileOptions,
        say: Callable[[str], None],
    ) -> None:
        self._target, self._desired, self._commit = target, desired, commit
        self._environment, self._state, self._options, self._say = environment, state, options, say
        self._changes: dict[ResourceKey, Change] = {}
        self._failed_projects: dict[str, str] = {}

    def run(self) -> ReconcileReport:
        self._tell_interrupted()
        inventory, steps = _decided(self._target, self._desired, self._environment, self._state, self._options)
        inventory = inventory.including(self._desired)
        if steps.mutating:
            self._write_inventory(inventory)
        self._journal = Journal.of(self._commit, steps)
        for number, wave in enumerate(steps.waves, start=1):
            self._apply_wave(wave, f"wave {number} of {len(steps.waves)}")
        self._remove(steps.removals)
        self._look_again()
        self._close(inventory, steps)
        return ReconcileReport(self._environment, self._commit, False, tuple(self._changes.values()))

    def _tell_interrupted(self) -> None:
        left = self._state.read(_journal_name(self._environment))
        if left is not None:
            self._say(f"{Journal.from_plain(left).sentence}: this run completes it")

    def _apply_wave(self, wave: tuple[Step, ...], title: str) -> None:
        for step in wave:
            blocked = self._failed_projects.get(step.project)
            if blocked:
                self._note(step, Outcome.SKIPPED, f"{blocked} failed before it")
            elif step.action is Action.LEAVE:
                self._note(step, Outcome.UNCHANGED)
            else:
                self._carry_out(step, lambda step=step: self._target.apply(step.resource, self._commit))
        if self._options.wait:
            keys = [step.key for step in wave if self._changes[step.key].outcome is not Outcome.SKIPPED]
            await_health(
                self._target, keys, self._options.rollout_timeout_s, lambda text: self._say(f"{title}: {text}")
            )
        for step in wave:
            self._block_where_unhealthy(step)

    def _carry_out(self, step: Step, act: Callable[[], None]) -> None:
        """One change, with the journal ahead of it; a failure is noted and blocks the rest of its project."""
        self._journal = self._journal.about_to(step.key)
        self._write_journal()
        try:
            act()
        except MlopsError as error:
            self._note(step, Outcome.FAILED, ": ".join(filter(None, (error.what, error.why))))
            self._failed_projects.setdefault(step.project, str(step.key))
        else:
            self._note(step, _INTENDED[step.action], step.why)
            self._say(f"{_INTENDED[step.action].value} {step.key}")
        self._journal = self._journal.finished()

    def _block_where_unhealthy(self, step: Step) -> None:
        if not self._options.wait or step.key.kind == "Job" or step.project in self._failed_projects:
            return
        health = self._target.health(step.key)
        if health.state is not HealthState.CURRENT:
            self._failed_projects[step.project] = f"{step.key} ({health.why})"

    def _remove(self, removals: tuple[Step, ...]) -> None:
        for step in removals:
            blocked = self._failed_projects.get(step.project)
            if step.action is Action.KEEP:
                self._note(step, Outcome.SKIPPED, step.why)
            elif blocked:
                self._note(step, Outcome.SKIPPED, f"not removed, because {blocked} failed")
            else:
                self._carry_out(step, lambda step=step: self._target.delete(step.key))
        await_gone(self._target, self._with(Outcome.PRUNED), self._options.rollout_timeout_s, self._say)

    def _look_again(self) -> None:
        """Health at the end of all that is wanted: an early wave may have gone bad since."""
        for key, change in self._changes.items():
            if change.outcome not in (Outcome.PRUNED, Outcome.SKIPPED, Outcome.FAILED):
                health = self._target.health(key)
                self._changes[key] = Change(key, change.project, change.outcome, change.why, health)

    def _close(self, inventory: Inventory, steps: Steps) -> None:
        before = inventory.commits
        inventory = inventory.without([*self._with(Outcome.PRUNED), *steps.lost])
        projects = {one.project for one in self._desired} - set(self._failed_projects)
        inventory = inventory.at(self._commit, projects)
        if steps.mutating or steps.lost or inventory.commits != before:
            self._write_inventory(inventory)
            self._state.append(f"ledger/{self._environment}", self._ledger_line())
        self._state.remove(_journal_name(self._environment))

    def _ledger_line(self) -> dict[str, object]:
        touched = (Outcome.CREATED, Outcome.CHANGED, Outcome.PRUNED, Outcome.FAILED)
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": self._commit,
            "target": self._target.name,
            "project": self._options.project,
            "healthy": all(change.good for change in self._changes.values()),
            "changes": [
                {"outcome": one.outcome.value, "kind": one.key.kind, "name": one.key.name, "why": one.why}
                for one in self._changes.values()
                if one.outcome in touched
            ],
        }

    def _note(self, step: Step, outcome: Outcome, why: str = "") -> None:
        self._changes[step.key] = Change(step.key, step.project, outcome, why)

    def _with(self, outcome: Outcome) -> list[ResourceKey]:
        return [key for key, change in self._changes.items() if change.outcome is outcome]

    def _write_inventory(self, inventory: Inventory) -> None:
        self._state.write(f"inventory/{self._environment}", inventory.to_plain())

    def _write_journal(self) -> None:
        self._state.write(_journal_name(self._environment), self._journal.to_plain())
