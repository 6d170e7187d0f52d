"""Rules about triggers: each has something that fires it, and what waits for one is not left alone."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.stages import StageName


def can_fire(subject: Subject) -> Iterator[Diagnostic]:
    """MG231."""
    for part in (_regression_is_found, _retraining_is_entered):
        yield from until_unknown(part(subject))


def _regression_is_found(subject: Subject) -> Iterator[Diagnostic]:
    triggers, stages = subject.spec.pipeline.triggers, subject.spec.pipeline.stages
    if triggers.performance_regression and StageName.MODEL_MONITORING not in stages:
        yield Diagnostic(
            "MG231",
            "no regression is ever found, so this trigger never fires: nothing monitors the served model",
            subject.spans.value(("pipeline", "triggers", "performance_regression")),
            Severity.WARNING,
            help="add model_monitoring to pipeline.stages, or drop the trigger",
        )


def _retraining_is_entered(subject: Subject) -> Iterator[Diagnostic]:
    triggers, stages = subject.spec.pipeline.triggers, subject.spec.pipeline.stages
    if StageName.MODEL_RETRAINING in stages and not triggers.performance_regression:
        yield Diagnostic(
            "MG231",
            "model_retraining is entered by a regression only, and that trigger is off: the stage never runs",
            subject.spans.value(("pipeline", "stages", stages.index(StageName.MODEL_RETRAINING))),
            Severity.WARNING,
            help="set pipeline.triggers.performance_regression to true, or drop the stage",
        )
