"""Carry out decided steps on a target: wave by wave, the journal ahead of each change, removals last.

Nothing is raised for a step that fails: it is noted, the rest of its project is skipped, and other projects go on.
What was applied must be healthy before the next wave, and all of a project before anything of it is removed, so that
what is being replaced serves until its replacement does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mlops_gitops.diagnostics import MlopsError
from mlops_gitops.ports.target import Target
from mlops_gitops.reconciler.journal import Journal
from mlops_gitops.reconciler.outcomes import Change, Outcome
from mlops_gitops.reconciler.steps import Action, Step, Steps
from mlops_gitops.records.health import HealthState
from mlops_gitops.records.resource import ResourceKey
from mlops_gitops.usecases.await_health import await_gone, await_health

INTENDED = {
    Action.CREATE: Outcome.CREATED,
    Action.CHANGE: Outcome.CHANGED,
    Action.LEAVE: Outcome.UNCHANGED,
    Action.PRUNE: Outcome.PRUNED,
    Action.KEEP: Outcome.SKIPPED,
}


class Application:
    """One apply of one commit; ``changes`` and ``failed_projects`` (name → what failed) grow as it goes."""

    def __init__(
        self,
        target: Target,
        commit: str,
        write_journal: Callable[[Journal], None],
        say: Callable[[str], None],
        rollout_timeout_s: float | None,
    ) -> None:
        self._target, self._commit, self._say = target, commit, say
        self._write_journal, self._timeout_s = write_journal, rollout_timeout_s
        self._journal = Journal(commit, 0)
        self.changes: dict[ResourceKey, Change] = {}
        self.failed_projects: dict[str, str] = {}

    def run(self, steps: Steps) -> None:
        """Do it all; without a ``rollout_timeout_s`` no health is waited for."""
        self._journal = Journal.of(self._commit, steps)
        for number, wave in enumerate(steps.waves, start=1):
            self._apply_wave(wave, f"wave {number} of {len(steps.waves)}")
        self._remove(steps.removals)
        self._look_again()

    def with_outcome(self, outcome: Outcome) -> list[ResourceKey]:
        """The objects that ended so."""
        return [key for key, change in self.changes.items() if change.outcome is outcome]

    def _apply_wave(self, wave: tuple[Step, ...], title: str) -> None:
        for step in wave:
            blocked = self.failed_projects.get(step.project)
            if blocked:
                self._note(step, Outcome.SKIPPED, f"{blocked} failed before it")
            elif step.resource is None or step.action is Action.LEAVE:
                self._note(step, INTENDED[step.action])
            else:
                self._carry_out(step, partial(self._target.apply, step.resource, self._commit))
        if self._timeout_s is None:
            return
        accepted = [step for step in wave if self.changes[step.key].outcome not in (Outcome.SKIPPED, Outcome.FAILED)]
        await_health(
            self._target, [step.key for step in accepted], self._timeout_s, lambda text: self._say(f"{title}: {text}")
        )
        for step in accepted:
            self._block_where_unhealthy(step)

    def _carry_out(self, step: Step, act: Callable[[], None]) -> None:
        self._journal = self._journal.about_to(step.key)
        self._write_journal(self._journal)
        try:
            act()
        except MlopsError as error:
            self._note(step, Outcome.FAILED, ": ".join(filter(None, (error.what, error.why))))
            self._say(f"failed {step.key}: {self.changes[step.key].why}")
            self.failed_projects.setdefault(step.project, str(step.key))
        else:
            self._note(step, INTENDED[step.action], step.why)
            self._say(f"{INTENDED[step.action].value} {step.key}")
        self._journal = self._journal.finished()

    def _block_where_unhealthy(self, step: Step) -> None:
        """A Job may run on, and one that failed is told in the end, but keeps nothing else from its place."""
        if step.key.kind != "Job" and self._target.health(step.key).state is not HealthState.CURRENT:
            self.failed_projects.setdefault(step.project, str(step.key))

    def _remove(self, removals: tuple[Step, ...]) -> None:
        for step in removals:
            blocked = self.failed_projects.get(step.project)
            if step.action is Action.KEEP:
                self._note(step, Outcome.SKIPPED, step.why)
            elif blocked:
                self._note(step, Outcome.SKIPPED, f"left git, but is not removed, because {blocked} failed")
            else:
                self._carry_out(step, partial(self._target.delete, step.key))
        if self._timeout_s is not None:
            await_gone(self._target, self.with_outcome(Outcome.PRUNED), self._timeout_s, self._say)

    def _look_again(self) -> None:
        """The health of all that is wanted, at the end: what an early wave made may have gone bad since."""
        for key, change in self.changes.items():
            if change.outcome in (Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED):
                health = self._target.health(key)
                self.changes[key] = Change(key, change.project, change.outcome, change.why, health)

    def _note(self, step: Step, outcome: Outcome, why: str = "") -> None:
        self.changes[step.key] = Change(step.key, step.project, outcome, why)
