"""Rules about times that contain each other: what is inside must end before what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

_Key = tuple[str, ...]


def fit_together(subject: Subject) -> Iterator[Diagnostic]:
    """MG218."""
    for part in (_stages_in_run, _rollout_in_stage, _case_in_stage):
        yield from until_unknown(part(subject))


def _stages_in_run(subject: Subject) -> Iterator[Diagnostic]:
    """Only times that were written: defaults are generous, and a run is meant to end long before."""
    pipeline = subject.spec.pipeline
    if pipeline.timeout is None:
        return
    paths = {stage: ("pipeline", "stage_options", stage.value, "timeout") for stage in pipeline.stages}
    written = [stage for stage, path in paths.items() if subject.wrote(*path)]
    times = [pipeline.stage_options.of(stage).timeout for stage in written if stage is not StageName.MODEL_RETRAINING]
    total = sum(times, timedelta())
    # One that is longer than the run by itself is what MG204 tells of.
    if len(times) > 1 and total > pipeline.timeout >= max(times):
        yield Diagnostic(
            "MG218",
            f"the stages' written timeouts are {format_duration(total)} together, the whole run may take "
            f"{format_duration(pipeline.timeout)}",
            subject.spans.value(("pipeline", "timeout")),
            Severity.WARNING,
            help="raise pipeline.timeout: the run is stopped before its last stages had their time",
        )


def _rollout_in_stage(subject: Subject) -> Iterator[Diagnostic]:
    if StageName.MODEL_DEPLOYMENT in subject.spec.pipeline.stages:
        inner = (("serving", "rollout_timeout"), subject.spec.serving.rollout_timeout)
        yield from _inside(subject, inner, StageName.MODEL_DEPLOYMENT, "a roll-out may take")


def _case_in_stage(subject: Subject) -> Iterator[Diagnostic]:
    pipeline = subject.spec.pipeline
    if StageName.MODEL_TESTING in pipeline.stages and pipeline.stage_options.model_testing.timeout:
        inner = (("testing", "case_timeout"), subject.spec.testing.case_timeout)
        yield from _inside(subject, inner, StageName.MODEL_TESTING, "one test case may take")


def _inside(subject: Subject, inner: tuple[_Key, timedelta], stage: StageName, what: str) -> Iterator[Diagnostic]:
    path, time = inner
    around: _Key = ("pipeline", "stage_options", stage.value, "timeout")
    limit = subject.spec.pipeline.stage_options.of(stage).timeout
    if time > limit:
        yield Diagnostic(
            "MG218",
            f"{what} {format_duration(time)}, its stage {stage.value} only {format_duration(limit)}",
            subject.first_written(path, around),
            help=f"shorten {dotted(path)}, or raise {dotted(around)}",
            related=subject.origin(*(around if subject.wrote(*path) else path)),
        )
