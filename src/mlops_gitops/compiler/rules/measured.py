"""Rules about what is measured: a gate on a number that no stage of this pipeline takes is never judged."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.metrics import Family, find_metric
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.testing import TestCategory

# Limits of model_testing, and the category of tests that measures each.
_MEASURED_BY = {
    "min_coverage": TestCategory.UNIT,
    "max_fairness_gap": TestCategory.FAIRNESS,
    "max_attack_success": TestCategory.SECURITY,
}


def gates_measured(subject: Subject) -> Iterator[Diagnostic]:
    """MG213."""
    if StageName.MODEL_TESTING not in subject.spec.pipeline.stages:
        return  # MG205 says so of all of them at once.
    for name in until_unknown(subject.spec.testing.thresholds):
        yield from until_unknown(_threshold(subject, name))
    for field, category in _MEASURED_BY.items():
        yield from until_unknown(_limit(subject, field, category))


def _threshold(subject: Subject, name: str) -> Iterator[Diagnostic]:
    if why := _unmeasured(subject, name):
        span = subject.spans.key(("testing", "thresholds", name))
        yield Diagnostic("MG213", f"no stage measures `{name}`, so its gate is never judged", span, help=why)


def _limit(subject: Subject, field: str, category: TestCategory) -> Iterator[Diagnostic]:
    path = ("pipeline", "stage_options", "model_testing", field)
    if subject.wrote(*path) and category not in subject.spec.testing.categories:
        yield Diagnostic(
            "MG213",
            f"no test measures what `{field}` limits, so this gate is never judged",
            subject.spans.key(path),
            help=f"add {category.value} to testing.categories, or drop the limit",
        )


def _unmeasured(subject: Subject, name: str) -> str | None:
    """What to do about a threshold that nothing measures; nothing where something does."""
    metric, spec = find_metric(name), subject.spec
    if metric is None:
        if name not in spec.monitoring.custom_metrics:
            return None  # MG210 tells of it.
        return f"model tests do not compute it; monitoring.custom_metrics.{name}.limit alerts on what is exported"
    if metric.family is Family.SERVICE:
        if StageName.MODEL_MONITORING in spec.pipeline.stages:
            return None
        return "it is measured at the served model: add model_monitoring to pipeline.stages"
    if TestCategory.MODEL in spec.testing.categories:
        return None
    return "model tests measure it: add model_test to testing.categories"
