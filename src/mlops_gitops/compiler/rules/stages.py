"""Rules about the pipeline's stages: order, support, options, timeouts."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.testing import TestCategory


def in_order(subject: Subject) -> Iterator[Diagnostic]:
    """MG201."""
    for index, stage in known_items(subject.spec.pipeline.stages):
        yield from until_unknown(_at_its_place(subject, index, stage))


def _at_its_place(subject: Subject, index: int, stage: StageName) -> Iterator[Diagnostic]:
    order, stages, path = list(StageName), subject.spec.pipeline.stages, ("pipeline", "stages", index)
    if index and order.index(stage) < order.index(stages[index - 1]):
        before, known = stages[index - 1].value, [one for _, one in until_unknown(known_items(stages))]
        yield Diagnostic(
            "MG201",
            f"stage `{stage.value}` stands after `{before}`, but runs before it",
            subject.spans.value(path),
            help="it is listed twice: keep one of them"
            if known.count(stage) > 1
            else "stages run in lifecycle order: " + ", ".join(one.value for one in order if one in known),
        )
    elif stage in stages[:index]:
        yield Diagnostic(
            "MG201", f"stage `{stage.value}` is listed twice", subject.spans.value(path), help="keep one of them"
        )


# What a stage cannot do without and no default can make; cleaning and splitting are done by default where left out.
NEEDS = {
    StageName.MODEL_EVALUATION: StageName.MODEL_TRAINING,
    StageName.MODEL_TESTING: StageName.MODEL_TRAINING,
    StageName.MODEL_VALIDATION: StageName.MODEL_TRAINING,
    StageName.MODEL_PACKAGING: StageName.MODEL_TRAINING,
    StageName.MODEL_DEPLOYMENT: StageName.MODEL_TRAINING,
    StageName.MODEL_MONITORING: StageName.MODEL_DEPLOYMENT,
    StageName.MODEL_RETRAINING: StageName.MODEL_TRAINING,
}


def prerequisites(subject: Subject) -> Iterator[Diagnostic]:
    """MG209."""
    stages = subject.spec.pipeline.stages
    for index, stage in known_items(stages):
        needed = NEEDS.get(stage)
        if needed is not None and needed not in stages:
            yield Diagnostic(
                "MG209",
                f"stage `{stage.value}` needs what `{needed.value}` makes, and the pipeline has no such stage",
                subject.spans.value(("pipeline", "stages", index)),
                help=f"add {needed.value} before it",
            )


def options_used(subject: Subject) -> Iterator[Diagnostic]:
    """MG203."""
    stages = {stage.value for stage in subject.spec.pipeline.stages}
    for stage in StageName:
        path = ("pipeline", "stage_options", stage.value)
        if path in subject.written and stage.value not in stages:
            yield Diagnostic(
                "MG203",
                f"`{stage.value}` has options, but is not one of the pipeline's stages",
                subject.spans.key(path),
                help="add the stage to pipeline.stages, or drop its options",
            )


def timeouts_fit(subject: Subject) -> Iterator[Diagnostic]:
    """MG204."""
    pipeline = subject.spec.pipeline
    if pipeline.timeout is None:
        return
    for _, stage in known_items(pipeline.stages):
        own = pipeline.stage_options.of(stage).timeout
        path = ("pipeline", "stage_options", stage.value, "timeout")
        if path in subject.written and own > pipeline.timeout:
            yield Diagnostic(
                "MG204",
                f"`{stage.value}` may take {format_duration(own)}, the whole run only "
                f"{format_duration(pipeline.timeout)}",
                subject.spans.value(path),
                help="shorten the stage's timeout, or raise pipeline.timeout",
                related=_place(subject, ("pipeline", "timeout"), "pipeline.timeout is written"),
            )


def tests_run(subject: Subject) -> Iterator[Diagnostic]:
    """MG205."""
    testing, stages = subject.spec.testing, subject.spec.pipeline.stages
    if (testing.categories or testing.thresholds) and StageName.MODEL_TESTING not in stages:
        yield Diagnostic(
            "MG205",
            "tests and thresholds are written, but no stage measures them",
            subject.spans.key(("testing",)),
            Severity.ERROR,
            help="add model_testing to pipeline.stages",
        )
    if TestCategory.INFERENCE in testing.categories and StageName.MODEL_MONITORING not in stages:
        index = testing.categories.index(TestCategory.INFERENCE)
        yield Diagnostic(
            "MG205",
            "inference tests are written, but no stage measures them: they need a served model",
            subject.spans.value(("testing", "categories", index)),
            help="add model_monitoring to pipeline.stages: it measures the served endpoint",
        )


def _place(subject: Subject, path: tuple[str, ...], what: str) -> tuple[str, ...]:
    span = subject.spans.value(path)
    return (f"{what} at {span}",) if span else ()


def testing_tests(subject: Subject) -> Iterator[Diagnostic]:
    """MG240."""
    stages = subject.spec.pipeline.stages
    if StageName.MODEL_TESTING in stages and not subject.spec.testing.categories:
        yield Diagnostic(
            "MG240",
            "model_testing runs no test: testing.categories is empty",
            subject.spans.value(("pipeline", "stages", stages.index(StageName.MODEL_TESTING))),
            Severity.WARNING,
            help=f"name categories in testing.categories: {', '.join(one.value for one in TestCategory)}",
        )
