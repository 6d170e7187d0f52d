"""A pipeline run: the stages of the configuration in order, each judged, recorded, and the version registered.

Nothing of a run is half done: a stage's outputs appear whole under their key or not at all, and a run that was
killed goes on, as the next run, from what the cache holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from mlops_gitops.diagnostics import ExitCode, MlopsError, UsageError
from mlops_gitops.pipeline.graph import Step, span, steps_of
from mlops_gitops.pipeline.run_report import RunReport, RunStatus, StageRun, duration_text, end_status, stage_line
from mlops_gitops.ports.data_store import DataVersion
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.records.stage_result import StageResult, StageStatus
from mlops_gitops.spec.stages import StageName
from mlops_gitops.stages import STAGES
from mlops_gitops.usecases.execute_stage import StageExecutor
from mlops_gitops.usecases.register_version import register_version
from mlops_gitops.usecases.run_services import RunServices

Say = Callable[[str], None]
_SMALL_FILES = (".json", ".xml")


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What is asked for. ``dirty`` are changed project files that no commit holds; ``environment`` where to deploy."""

    commit: str
    dirty: tuple[str, ...] = ()
    from_stage: StageName | None = None
    to_stage: StageName | None = None
    force: bool = False
    environment: str = ""
    elapsed_s: float = 0.0
    """How much of the whole run's timeout is over already, where other processes ran its earlier stages."""


def run(project: Project, order: RunOrder, services: RunServices, say: Say) -> RunReport:
    """Run the pipeline and give the report; the exit code stands in it.

    Stages before ``from_stage`` are taken from the cache as far as it holds them; ``force`` makes the others anew.
    Raises ``UsageError`` before anything starts, and on an interrupt closes the record and raises it again.
    """
    order = replace(order, environment=order.environment or _first_environment(project))
    steps = wanted_steps(project, order)
    number, folder = services.runs.open(project.name)
    pipeline = _Pipeline(project, order, services, say, steps, number, folder)
    try:
        return pipeline.run()
    finally:
        services.runs.close(project.name, number)


def wanted_steps(project: Project, order: RunOrder) -> tuple[Step, ...]:
    """The steps of the order: those before ``from_stage`` too, except for acting ones, for their outputs and gates."""
    steps = _steps(project, order)
    part = span(steps, order.from_stage, order.to_stage)
    before = steps[: steps.index(part[0])]
    return (*(step for step in before if not step.stage.acts), *part)


def _steps(project: Project, order: RunOrder) -> tuple[Step, ...]:
    """All steps of the pipeline; retraining is no part of a run, but for one that was started to retrain."""
    steps = steps_of(project.spec.pipeline.stages, STAGES)
    asked = StageName.MODEL_RETRAINING in (order.from_stage, order.to_stage)
    return tuple(step for step in steps if asked or step.stage.name is not StageName.MODEL_RETRAINING)


def dry_run(project: Project, order: RunOrder, services: RunServices, say: Say) -> tuple[tuple[str, str], ...]:
    """What a run would do, stage by stage, without writing anything: ``(stage, cached | run | act)``."""
    executor = StageExecutor(project, services, services.root, order.environment, 0.0, say)
    found = []
    for step in wanted_steps(project, order):
        key = None if step.stage.acts else executor.key(step)
        forced = order.force and not _is_before(step, project, order.from_stage)
        cached = key is not None and not forced and executor.kept(step, key) is not None
        what = "act" if step.stage.acts else "cached" if cached else "run"
        found.append((step.name, what))
        say(f"  {step.name:<20} {'would run' if what != 'cached' else 'cached'}")
    return tuple(found)


def _first_environment(project: Project) -> str:
    return project.environments[0].name if project.environments else ""


def _is_before(step: Step, project: Project, first: StageName | None) -> bool:
    """Whether a step stands before the stage that the order starts from."""
    names = [one.stage.name for one in steps_of(project.spec.pipeline.stages, STAGES)]
    return first is not None and names.index(step.stage.name) < names.index(first)


class _Pipeline:
    """One run on its way; ``report`` is replaced, never changed, and saved after each stage."""

    def __init__(
        self, project: Project, order: RunOrder, services: RunServices, say: Say, steps: Sequence[Step],
        number: int, folder: Path,
    ) -> None:  # fmt: skip
        clock = services.clock
        self.project, self.order, self.services, self.say, self.steps = project, order, services, say, steps
        self.begun_s = clock.monotonic_s()
        left_s = project.spec.pipeline.overall_timeout().total_seconds() - order.elapsed_s
        deadline_s = self.begun_s + left_s
        self.executor = StageExecutor(project, services, folder, order.environment, deadline_s, say)
        self.report = RunReport(
            project.name,
            number,
            order.commit,
            order.dirty,
            clock.now().isoformat(timespec="seconds"),
            RunStatus.RUNNING,
        )
        self._background = ThreadPoolExecutor(1, thread_name_prefix="data-store")
        self._data: Future[DataVersion | None] | None = None

    def run(self) -> RunReport:
        """All steps; closes the record whatever happens."""
        self._open()
        try:
            for step in self.steps:
                self._step(step)
            status, reason = end_status(self.report.stages)
        except (KeyboardInterrupt, MlopsError) as error:
            reason = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
            self._close(RunStatus.ERROR, reason)
            raise
        return self._close(status, reason)

    def _open(self) -> None:
        report, runs = self.report, self.services.runs
        dirty = " + uncommitted changes" if report.dirty else ""
        self.say(f"{report.project} · run {report.number} · commit {report.commit[:7]}{dirty}")
        killed = runs.interrupted(report.project)
        for number in killed:
            record = runs.load(report.project, number) or {}
            runs.save(report.project, number, {**record, "status": RunStatus.ERROR.value, "reason": "interrupted"})
        self._save()
        self.services.tracking.begin(
            report.project,
            report.run_id,
            {"project": report.project, "commit": report.commit, "dirty": str(bool(report.dirty)).lower()},
            {"pipeline_version": self.project.config_digest},
            [f"{report.project}/{number}" for number in killed],
        )

    def _step(self, step: Step) -> None:
        why_not = self._why_not(step)
        if why_not:
            done = StageRun(StageResult(step.name, StageStatus.SKIPPED, "", reason=why_not))
        elif step.stage.acts and self.report.dirty:
            done = _refused(step, self.report.dirty)
        else:
            force = self.order.force and not _is_before(step, self.project, self.order.from_stage)
            done = self.executor.execute(step, force=force, release=self.report.released)
        self._record(step, done)
        if self._data is None and self.project.data_digest and not (done.cached or step.stage.acts):
            self._data = self._background.submit(self._keep_data)
        if step == self._last_judge() and not self.report.dirty:
            self._register()

    def _keep_data(self) -> DataVersion | None:
        """Put the data into its store and ask what is recorded of it; in the background, for that takes seconds."""
        source = f"{self.project.folder}/{self.project.contract.source}"
        try:
            if (self.services.root / source).is_file():
                self.services.data.keep(source)
            return self.services.data.version(source)
        except MlopsError as error:
            self.say(f"  {'':<20} warning: the data store does not hold {source}: {error}; {error.why}")
            return None

    def _why_not(self, step: Step) -> str:
        """Why a step cannot or must not run after what went before; empty where it runs."""
        for one in self.report.stages:
            name, bad = one.result.stage, one.result.status is not StageStatus.PASSED
            stage = StageName(name)
            stops = self.project.spec.pipeline.stage_options.of(stage).on_failure == "stop"
            if bad and one.result.status is not StageStatus.SKIPPED and stops:
                return f"{name} did not pass"
            lost = set(STAGES[stage].outputs) & set(step.stage.inputs) - set(self.executor.made)
            if bad and lost:
                return f"{name} did not make {', '.join(sorted(lost))}"
        if step.stage.name is StageName.MODEL_DEPLOYMENT and self.report.released is None and not self.report.dirty:
            return "no version was registered"
        return ""

    def _record(self, step: Step, done: StageRun) -> None:
        self.report = replace(self.report, stages=(*self.report.stages, done))
        self.say(stage_line(done))
        for warning in done.warnings:
            self.say(f"  {'':<20} warning: {warning}")
        small = {
            name: self.executor.made[name].path
            for name in step.stage.outputs
            if name in self.executor.made and self.executor.made[name].path.suffix in _SMALL_FILES
        }
        self.services.tracking.stage(done.result, done.duration_s, done.cached, small)
        self._save()

    def _last_judge(self) -> Step | None:
        """The step behind which a version may be registered: the last one of the pipeline that does not act."""
        steps = [one for one in _steps(self.project, self.order) if not one.stage.acts]
        return steps[-1] if steps else None

    def _register(self) -> None:
        passed = all(one.result.status is StageStatus.PASSED for one in self.report.stages)
        if not passed or "package" not in self.executor.made:
            return
        report = self.report
        model, new = register_version(
            self.project,
            self.executor.made["package"].path,
            report.stages,
            self.services,
            run=report.run_id,
            commit=report.commit,
            data=self._data.result() if self._data else None,
        )
        self.report = replace(report, released=model)
        self.say(f"  {'registered':<20} {f'v{model.version}':<13} {_registered_text(model, new)}")

    def _save(self) -> None:
        self.services.runs.save(self.report.project, self.report.number, self.report.to_plain())

    def _close(self, status: RunStatus, reason: str) -> RunReport:
        clock = self.services.clock
        self.report = replace(
            self.report,
            status=status,
            reason=reason,
            ended_at=clock.now().isoformat(timespec="seconds"),
            duration_s=clock.monotonic_s() - self.begun_s,
        )
        self._save()
        self.say(f"{status.value} in {duration_text(self.report.duration_s)}" + (f": {reason}" if reason else ""))
        self._background.shutdown()
        self.services.tracking.end(status.value, reason)
        return self.report


def _registered_text(model: ReleasedModel, new: bool) -> str:
    content = model.digest[: len("sha256:") + 10]
    return f"{content}" if new else f"{content}, the same content as in run {model.run}"


def _refused(step: Step, dirty: Sequence[str]) -> StageRun:
    """A deployment must name a commit that holds what was trained."""
    files = ", ".join(dirty[:3]) + (f" and {len(dirty) - 3} more" if len(dirty) > 3 else "")
    reason = f"refused: uncommitted changes in {files}; commit them, then run again"
    return StageRun(StageResult(step.name, StageStatus.ERROR, "", reason=reason), exit_code=ExitCode.REFUSED)


def check_key(project: Project, key: str | None) -> None:
    """Raise ``UsageError`` where a caller names a training key that the work tree no longer has."""
    if key is not None and key.removeprefix("sha256:") != project.training_key.removeprefix("sha256:"):
        raise UsageError(
            "the work tree is not the one that this training was rendered for",
            where=project.folder,
            why=f"its training key is {project.training_key}, {key} is asked for",
            todo="check out the commit that was reconciled, or render and commit anew",
        )
