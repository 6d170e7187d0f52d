"""Reading a run's record (``run.json``) for a page: typed, and forgiving.

A run that was interrupted, or that an older version wrote, still deserves a page: what is absent or of the wrong form
is read as absent, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_gitops.records.stage_result import GateResult


@dataclass(frozen=True, slots=True)
class StageRecord:
    """One stage of a run, as it was recorded."""

    name: str
    status: str
    summary: str
    reason: str
    gates: tuple[GateResult, ...]
    metrics: Mapping[str, float]
    details: Mapping[str, Any]
    warnings: tuple[str, ...]
    cached: bool
    duration_s: float


@dataclass(frozen=True, slots=True)
class LossPoint:
    """The losses after one iteration of training; ``None`` where one was not measured."""

    iteration: float
    train: float | None
    validation: float | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run; empty text and empty tuples stand for what is not there."""

    project: str
    run_id: str
    commit: str
    dirty: tuple[str, ...]
    started_at: str
    status: str
    reason: str
    duration_s: float
    stages: tuple[StageRecord, ...]
    released: Mapping[str, Any]
    history: tuple[LossPoint, ...]

    def stage(self, name: str) -> StageRecord | None:
        """One stage by name."""
        return next((stage for stage in self.stages if stage.name == name), None)


def read_run(plain: Mapping[str, Any]) -> RunRecord:
    """The record of ``RunReport.to_plain()``; under ``history`` it may carry the losses of the training."""
    return RunRecord(
        project=text(plain, "project"),
        run_id=text(plain, "run_id"),
        commit=text(plain, "commit"),
        dirty=tuple(str(path) for path in items(plain, "dirty")),
        started_at=text(plain, "started_at"),
        status=text(plain, "status"),
        reason=text(plain, "reason"),
        duration_s=finite(plain, "duration_s") or 0.0,
        stages=tuple(_stage(one) for one in items(plain, "stages") if isinstance(one, Mapping)),
        released=mapping(plain, "released"),
        history=tuple(_losses(items(plain, "history"))),
    )


def cases_of(run: RunRecord) -> list[Mapping[str, Any]]:
    """The records of a run's test cases."""
    stage = run.stage("model_testing")
    return [case for case in items(stage.details, "cases") if isinstance(case, Mapping)] if stage else []


def history_file(plain: Mapping[str, Any]) -> str | None:
    """Where the losses of a run's training lie, as a path from the repository root; nothing where it did not train."""
    for stage in items(plain, "stages"):
        if isinstance(stage, Mapping) and text(mapping(stage, "result"), "stage") == "model_training":
            return text(mapping(stage, "outputs"), "history") or None
    return None


def text(plain: Mapping[str, Any], key: str) -> str:
    """A text, or the empty one."""
    value = plain.get(key)
    return value if isinstance(value, str) else ""


def finite(plain: Mapping[str, Any], key: str) -> float | None:
    """A finite number, or nothing."""
    value = plain.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def mapping(plain: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A mapping, or the empty one."""
    value = plain.get(key)
    return value if isinstance(value, Mapping) else {}


def items(plain: Mapping[str, Any], key: str) -> Sequence[Any]:
    """A list, or the empty one."""
    value = plain.get(key)
    return value if isinstance(value, list | tuple) else ()


def numbers(plain: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers of a mapping by their names."""
    found = {str(key): finite(plain, key) for key in plain}
    return {name: value for name, value in found.items() if value is not None}


def _stage(plain: Mapping[str, Any]) -> StageRecord:
    result = mapping(plain, "result")
    return StageRecord(
        name=text(result, "stage") or "unnamed",
        status=text(result, "status") or "unknown",
        summary=text(result, "summary"),
        reason=text(result, "reason"),
        gates=tuple(_gates(items(result, "gates"))),
        metrics=numbers(mapping(result, "metrics")),
        details=mapping(result, "details"),
        warnings=tuple(str(said) for said in items(plain, "warnings")),
        cached=plain.get("cached") is True,
        duration_s=finite(plain, "duration_s") or 0.0,
    )


def _gates(rows: Sequence[Any]) -> Iterator[GateResult]:
    for row in rows:
        if isinstance(row, Mapping):
            measured, limit = finite(row, "measured"), finite(row, "limit")
            yield GateResult(
                name=text(row, "name") or "unnamed",
                measured=math.nan if measured is None else measured,
                sign="≤" if row.get("sign") == "≤" else "≥",
                limit=math.nan if limit is None else limit,
                passed=row.get("passed") is True,
                low=finite(row, "low"),
                high=finite(row, "high"),
                unit=text(row, "unit"),
            )


def _losses(rows: Sequence[Any]) -> Iterator[LossPoint]:
    for position, row in enumerate(rows):
        if isinstance(row, Mapping):
            iteration = finite(row, "iteration")
            yield LossPoint(
                float(position) if iteration is None else iteration,
                finite(row, "train_loss"),
                finite(row, "validation_loss"),
            )
