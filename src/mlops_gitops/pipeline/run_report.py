"""What a run leaves behind: every stage's result with its key and time, the end status, and the words a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from mlops_gitops.diagnostics import ExitCode
from mlops_gitops.pipeline.gates import gate_text
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.records.stage_result import StageResult, StageStatus


class RunStatus(Enum):
    """How a run ended; ``RUNNING`` stands in the file until it does."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"  # a gate was not met
    ERROR = "ERROR"  # something broke, timed out, was refused or interrupted


@dataclass(frozen=True, slots=True)
class StageRun:
    """One stage as this run saw it; ``outputs`` maps an output's name to its path from the repository root."""

    result: StageResult
    key: str = ""
    cached: bool = False
    implicit: bool = False
    duration_s: float = 0.0
    exit_code: ExitCode = ExitCode.DONE
    outputs: dict[str, str] | None = None
    warnings: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "result": self.result.to_plain(), "exit_code": int(self.exit_code)}


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run: ``number`` counts per project from 1, ``dirty`` lists changed project files that no commit holds."""

    project: str
    number: int
    commit: str
    dirty: tuple[str, ...]
    started_at: str
    status: RunStatus
    stages: tuple[StageRun, ...] = ()
    ended_at: str = ""
    duration_s: float = 0.0
    reason: str = ""
    released: ReleasedModel | None = None

    @property
    def run_id(self) -> str:
        """The identifier that registry and release carry."""
        return f"{self.project}/{self.number}"

    @property
    def exit_code(self) -> ExitCode:
        """0 on success; else that of the first stage that broke, else 1."""
        if self.status is RunStatus.SUCCESS:
            return ExitCode.DONE
        codes = (one.exit_code for one in self.stages if one.exit_code is not ExitCode.DONE)
        return next(codes, ExitCode.ANSWER_NO)

    def stage(self, name: str) -> StageRun | None:
        """One stage's run by name."""
        return next((one for one in self.stages if one.result.stage == name), None)

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON: the ``run.json`` file."""
        plain = asdict(self) | {"status": self.status.value, "stages": [one.to_plain() for one in self.stages]}
        plain["released"] = self.released.model_dump(mode="json") if self.released else None
        return {**plain, "run_id": self.run_id}


def end_status(stages: Sequence[StageRun]) -> tuple[RunStatus, str]:
    """The status that the stages add up to, and the reason of the first that did not pass."""
    for wanted, status in ((StageStatus.ERROR, RunStatus.ERROR), (StageStatus.FAILED, RunStatus.FAILED)):
        for one in stages:
            if one.result.status is wanted:
                return status, f"{one.result.stage}: {one.result.reason}"
    return RunStatus.SUCCESS, ""


def stage_line(one: StageRun) -> str:
    """One aligned line: name, how it went, what was measured (of a failed stage: which gates were not met)."""
    result = one.result
    how = "cached" if one.cached else duration_text(one.duration_s)
    if result.status is not StageStatus.PASSED:
        how = result.status.value.upper()
    elif one.implicit:
        how = f"{how}, default"
    said = result.summary if result.status is StageStatus.PASSED else result.reason
    return f"  {result.stage:<20} {how:<13} {said}".rstrip()


def failed_gates(result: StageResult) -> str:
    """The gates that were not met, as text."""
    return "   ".join(gate_text(gate) for gate in result.gates if not gate.passed)


def duration_text(seconds: float) -> str:
    """``0.4s``, ``12s``, ``1m 12s``, ``2h 5m``."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    total = round(seconds)
    if total < 60:
        return f"{total}s"
    if total < 3600:
        return f"{total // 60}m {total % 60}s"
    return f"{total // 3600}h {total % 3600 // 60}m"
