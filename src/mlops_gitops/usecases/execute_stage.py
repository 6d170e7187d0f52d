"""One stage: find its key, take the kept measurement or make a new one in a process, then judge it.

What is kept is the measurement, never the judgement: a gate whose limit has changed is judged anew, and a suite that
stopped early at a gate which is now met is measured again.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from mlops_gitops import __version__
from mlops_gitops.diagnostics import ExitCode, MlopsError, OutsideError
from mlops_gitops.pipeline.cache_key import cache_key, code_closure
from mlops_gitops.pipeline.gates import status_of
from mlops_gitops.pipeline.graph import Step
from mlops_gitops.pipeline.run_report import StageRun, duration_text, failed_gates
from mlops_gitops.pipeline.stage import Measurement, StageInput
from mlops_gitops.ports.stage_cache import Kept
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.records.stage_result import StageResult, StageStatus
from mlops_gitops.stages import source_data
from mlops_gitops.stages.request import StageRequest
from mlops_gitops.usecases.run_services import RunServices

RESULT, ERROR = "result.json", "error.json"
STAGE_ENVIRONMENT = {
    # Python's string hashing shows in the order of sets, and so in a pickled model.
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # One thread: the order of sums, and so a model's bytes, do not depend on the machine; and where cores are shared,
    # threads that wait for each other were measured to take ten times as long as one alone.
    "OMP_NUM_THREADS": "1",
}
_CODES = {int(code): code for code in ExitCode}


@dataclass(frozen=True, slots=True)
class Made:
    """An output that later stages may read."""

    path: Path
    digest: str


@dataclass(slots=True)
class StageExecutor:
    """Executes the stages of one run, and remembers what each one made.

    ``folder`` is the run's own (logs, requests), ``deadline_s`` on the clock's monotonic time.
    """

    project: Project
    services: RunServices
    folder: Path
    environment: str
    deadline_s: float
    say: Callable[[str], None]
    made: dict[str, Made] = field(default_factory=dict)

    def key(self, step: Step) -> str | None:
        """The stage's cache key; ``None`` while an input is not made yet."""
        inputs = {name: self.made[name].digest for name in step.stage.reads if name in self.made}
        if not set(step.stage.inputs) <= inputs.keys():
            return None
        if step.stage.compares and (serving := self._serving()):
            inputs["serving"] = serving.digest
        if step.stage.reads_source:
            inputs["source"] = self._source_digest()
        code = {"project": self.project.code_digest, "product": __version__}
        parameters = {"stage": step.stage.parameters(self.project), "default": step.implicit}
        return cache_key(step.name, inputs, parameters, code | _closure(step.stage.run.__module__))

    def kept(self, step: Step, key: str) -> StageRun | None:
        """The stage's run from the cache, judged by today's limits; ``None`` where it must be measured."""
        entry = self.services.cache.load(step.name, key)
        if entry is None:
            return None
        measured = Measurement.from_plain(entry.measurement)
        run = self._judged(step, key, measured)
        if measured.partial and run.result.status is StageStatus.PASSED:
            return None
        self._remember(entry, measured)
        return replace(run, cached=True, outputs=self._paths(entry.folder, measured))

    def execute(self, step: Step, *, force: bool, release: ReleasedModel | None) -> StageRun:
        """Run one stage, or take it from the cache. Trouble becomes a run with status error, and is not raised."""
        begun_s = self.services.clock.monotonic_s()
        key = ""
        try:
            if step.stage.acts:
                run = self._act(step, release)
            else:
                key = self.key(step) or ""
                run = self._make(step, key, force=force)
        except MlopsError as error:
            run = StageRun(_broken(step.name, error), key, step.implicit, exit_code=error.exit_code)
        return replace(run, implicit=step.implicit, duration_s=self.services.clock.monotonic_s() - begun_s)

    def _help(self, step: Step, key: str, *, force: bool) -> StageRun:
        """Train with the first machine, then read what that one kept.

        It holds the key's lock and waits for the others in each step of the training: to wait for its lock first would
        be to wait for ever.
        """
        cache_port, fellow = self.services.cache, self.services.fellow
        found = None if force else self.kept(step, key)
        if found is not None:
            return found
        out = cache_port.begin(step.name, f"{key}-{fellow}")
        try:
            self._process(step, out, None)
        finally:
            cache_port.discard(out)
        with cache_port.lock(step.name, key, lambda: self.say(f"  {step.name:<20} waiting: the first worker keeps it")):
            found = self.kept(step, key)
        if found is None:
            why = "it ended in trouble, or trains from something else"
            raise OutsideError(f"worker {fellow} trained, and the first one kept no model", why=why, todo="see its log")
        return replace(found, cached=False)

    def _make(self, step: Step, key: str, *, force: bool) -> StageRun:
        cache_port = self.services.cache
        if step.stage.together and self.services.fellow:
            return self._help(step, key, force=force)

        def waiting() -> None:
            self.say(f"  {step.name:<20} waiting: another run makes the same")

        with cache_port.lock(step.name, key, waiting):
            # Looked up under the lock: whoever held it may have made just this.
            found = None if force else self.kept(step, key)
            if found is not None:
                return found
            if step.stage.reads_source:
                self._fetch_source()
            out = cache_port.begin(step.name, key)
            try:
                measured = self._process(step, out, None)
                # Where there is no pointer the data is known only now that it has been generated.
                key = self.key(step) or key
                entry = cache_port.commit(step.name, key, out, measured.outputs)
            finally:
                cache_port.discard(out)
        self._remember(entry, measured)
        return replace(self._judged(step, key, measured), outputs=self._paths(entry.folder, measured))

    def _act(self, step: Step, release: ReleasedModel | None) -> StageRun:
        """A stage that changes or observes the world: its record lies in the run's folder and is never reused."""
        out = self.folder / step.name
        out.mkdir(parents=True, exist_ok=True)
        return self._judged(step, "", self._process(step, out, release))

    def _process(self, step: Step, out: Path, release: ReleasedModel | None) -> Measurement:
        """Run the stage in a process of its own; raises what it left as an error, or ``OutsideError``."""
        clock, options = self.services.clock, self.project.spec.pipeline.stage_options
        timeout_s = options.of(step.stage.name).timeout.total_seconds()
        left_s = self.deadline_s - clock.monotonic_s()
        if left_s <= 0:
            raise OutsideError("the run's timeout is over", where="pipeline.timeout")
        log = self.folder / f"{step.name}.log"
        ended = self.services.processes.run(
            [*self.services.worker, str(self._request(step, out, release))],
            cwd=self.services.root,
            log=log,
            timeout_s=min(timeout_s, left_s),
            environment=STAGE_ENVIRONMENT,
        )
        if ended.timed_out:
            which = f"pipeline.stage_options.{step.name}.timeout" if timeout_s <= left_s else "pipeline.timeout"
            raise OutsideError(f"stopped after {duration_text(ended.duration_s)}: it ran out of time", where=which)
        if ended.exit_code != 0:
            raise _failure(out / ERROR, log, ended.exit_code, self.services.root)
        return Measurement.from_plain(json.loads((out / RESULT).read_bytes()))

    def _request(self, step: Step, out: Path, release: ReleasedModel | None) -> Path:
        given = StageInput(
            root=self.services.root,
            project=self._seen_by(step),
            inputs=self._inputs(step),
            out=out,
            implicit=step.implicit,
            environment=self.environment,
            release=release,
        )
        path = self.folder / f"{step.name}.request.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(StageRequest(step.stage.name, given, os.getpid()).to_bytes())
        return path

    def _inputs(self, step: Step) -> dict[str, Path]:
        found = {name: self.made[name].path for name in step.stage.reads if name in self.made}
        if step.stage.compares and (serving := self._serving()):
            found["serving"] = serving.path
        return found

    def _serving(self) -> Made | None:
        """The package that serves in the run's environment, where there is one and this machine's store holds it."""
        environment = self.project.environment(self.environment)
        release = environment.release if environment else None
        if release is None or not (path := Path(self.services.models.path(release.model.digest))).is_dir():
            return None
        return Made(path, release.model.digest)

    def _seen_by(self, step: Step) -> Project:
        """The project as a stage sees it: one that acts on an environment goes by that environment's overlay."""
        environment = self.project.environment(self.environment) if step.stage.acts else None
        return replace(self.project, spec=environment.spec) if environment else self.project

    def _judged(self, step: Step, key: str, measured: Measurement) -> StageRun:
        try:
            gates = step.stage.gates(self._seen_by(step), measured)
            summary = step.stage.summary(self._seen_by(step), measured)
        except MlopsError as error:
            return StageRun(_broken(step.name, error), key, step.implicit, exit_code=error.exit_code)
        status = status_of(gates)
        result = StageResult(
            stage=step.name,
            status=status,
            summary=summary,
            gates=gates,
            metrics=measured.metrics,
            outputs=measured.outputs,
            details=measured.details,
        )
        if status is StageStatus.FAILED:
            result = replace(result, reason=failed_gates(result))
        code = ExitCode.DONE if status is StageStatus.PASSED else ExitCode.ANSWER_NO
        return StageRun(result, key, implicit=step.implicit, exit_code=code, warnings=measured.warnings)

    def _remember(self, entry: Kept, measured: Measurement) -> None:
        for name, path in measured.outputs.items():
            self.made[name] = Made(entry.folder / path, entry.digests[name])

    def _paths(self, folder: Path, measured: Measurement) -> dict[str, str]:
        return {
            name: (folder / path).relative_to(self.services.root).as_posix() for name, path in measured.outputs.items()
        }

    def _source_digest(self) -> str:
        """The pointer's digest, else the file's; a file that is not the pointer's is an error, cached or not."""
        source = self._source()
        source_data.check_against_pointer(source)
        if self.project.data_digest:
            return self.project.data_digest
        # Without pointer and file the generator makes it, and that is code, which the key covers.
        return f"md5:{source_data.file_md5(source)}" if source.is_file() else "generated"

    def _fetch_source(self) -> None:
        if not self._source().is_file():
            self.services.data.fetch(f"{self.project.folder}/{self.project.contract.source}")

    def _source(self) -> Path:
        return self.services.root / self.project.folder / self.project.contract.source


def _broken(stage: str, error: MlopsError) -> StageResult:
    parts = (error.what, error.where, error.why, error.todo)
    return StageResult(stage, StageStatus.ERROR, summary="", reason="; ".join(part for part in parts if part))


def _failure(error_file: Path, log: Path, exit_code: int, root: Path) -> MlopsError:
    """The error that the stage left, else one that shows the end of its log."""
    if error_file.is_file():
        said: Mapping[str, Any] = json.loads(error_file.read_bytes())
        error = OutsideError(said["what"], where=said["where"], why=said["why"], todo=said["todo"])
        # Plain values cross a process border, classes do not: the exit code is what counts.
        error.exit_code = _CODES.get(said["exit_code"], ExitCode.BUG)
        return error
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    how = f"was killed by signal {-exit_code}" if exit_code < 0 else f"ended with {exit_code}"
    error = OutsideError(f"its process {how}", where=log.relative_to(root).as_posix())
    error.why = lines[-1].strip() if lines else ""
    error.exit_code = ExitCode.ANSWER_NO if exit_code > 0 else ExitCode.OUTSIDE
    return error


@cache
def _closure(module: str) -> dict[str, str]:
    return code_closure(module, _source_of)


@cache
def _source_of(module: str) -> bytes | None:
    """A module's bytes; ``None`` for a name inside a module."""
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # its parent is no package
        return None
    if found is None or found.origin is None:
        return None
    return Path(found.origin).read_bytes()
