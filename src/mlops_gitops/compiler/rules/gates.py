"""Rules about gates: one that can never fail protects nothing, one that nothing can meet stops everything.

Only what is certain is said.  Precision and recall gates below what an F1 gate forces are not told of: each of them
names the side that fell, which F1 does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.forced_gates import Forced, forced
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.metrics import Direction, Family, Metric, find_metric
from mlops_gitops.spec.stages import StageName


def can_bind(subject: Subject) -> Iterator[Diagnostic]:
    """MG214."""
    thresholds = _by_metric(subject)
    limits = {metric.name: limit for metric, (_, limit) in thresholds.items()}
    for metric, (name, limit) in thresholds.items():
        worst = metric.low if metric.direction is Direction.HIGHER else metric.high
        if limit == worst:
            side = "below" if metric.direction is Direction.HIGHER else "above"
            message = f"{name} gate {limit:g} can never fail: no value is {side} it"
            span = subject.spans.value(("testing", "thresholds", name))
            yield Diagnostic("MG214", message, span, Severity.WARNING, help="choose a limit that can fail, or drop it")
        elif found := forced(metric.name, limits):
            yield _implied(subject, metric, found)
    yield from _stage_limits(subject)
    yield from _watched_limits(subject)


def _by_metric(subject: Subject) -> dict[Metric, tuple[str, float]]:
    """Each threshold's metric, with the name and the limit that were written; none that is out of its range."""
    written = subject.spec.testing.thresholds.items()
    return {
        metric: (name, limit)
        for name, limit in written
        if (metric := find_metric(name)) is not None and metric.in_range(limit)
    }


def _implied(subject: Subject, metric: Metric, found: Forced) -> Diagnostic:
    thresholds = {one.name: (one, *written) for one, written in _by_metric(subject).items()}
    _, name, limit = thresholds[metric.name]
    causes = [thresholds[other] for other in found.by]
    reason = " and ".join(f"{said} {one.sign} {bound:g}" for one, said, bound in causes)
    higher = metric.direction is Direction.HIGHER
    what = "F1" if metric.name == "f1_score" else metric.name
    _, last, bound = causes[-1]
    return Diagnostic(
        "MG214",
        f"{name} gate {limit:g} can never fail: {reason} already force{'s' if len(causes) == 1 else ''} "
        f"{what} {metric.sign} {found.limit:.3f}",
        subject.spans.value(("testing", "thresholds", name)),
        Severity.WARNING,
        label=f"{'raise it above' if higher else 'lower it below'} {found.limit:.3f}, or drop it",
        related=(f"{last} {bound:g} comes from {subject.spans.value(('testing', 'thresholds', last))}",),
    )


# Limits of stages that let everything pass at this value.  A selection like `min_importance` is no gate.
_LETS_ALL_PASS: dict[tuple[StageName, str], float] = {
    (StageName.DATA_VALIDATION, "min_quality_score"): 0,
    (StageName.DATA_PREPROCESSING, "max_missing_rate"): 1,
    (StageName.DATA_PREPROCESSING, "max_outlier_rate"): 1,
    (StageName.MODEL_TRAINING, "min_gain_over_baseline"): -1,
    (StageName.MODEL_TRAINING, "max_overfit_gap"): 1,
    (StageName.MODEL_EVALUATION, "min_f1_score"): 0,
    (StageName.MODEL_EVALUATION, "max_fairness_gap"): 1,
    (StageName.MODEL_TESTING, "min_coverage"): 0,
    (StageName.MODEL_TESTING, "max_fairness_gap"): 1,
    (StageName.MODEL_TESTING, "max_attack_success"): 1,
    (StageName.MODEL_RETRAINING, "min_gain_over_serving"): -1,
}


def _stage_limits(subject: Subject) -> Iterator[Diagnostic]:
    for (stage, field), open_wide in _LETS_ALL_PASS.items():
        path = ("pipeline", "stage_options", stage.value, field)
        limit = getattr(subject.spec.pipeline.stage_options.of(stage), field)
        above = field.startswith("max_")
        if subject.wrote(*path) and (limit >= open_wide if above else limit <= open_wide):
            message = f"{field} {limit:g} can never fail: no value is {'above' if above else 'below'} it"
            span = subject.spans.value(path)
            yield Diagnostic("MG214", message, span, Severity.WARNING, help="choose a limit that can fail, or drop it")


def can_be_met(subject: Subject) -> Iterator[Diagnostic]:
    """MG216."""
    for metric, (name, limit) in _by_metric(subject).items():
        if metric.name in ("availability", "error_rate"):
            continue  # The few requests of a test are all answered on most days.
        higher = metric.direction is Direction.HIGHER
        best = metric.high if higher else metric.low
        if limit == best:
            faultless = metric.family is not Family.SERVICE
            why = "only a model without a single fault meets it" if faultless else "nothing meets it"
            yield Diagnostic(
                "MG216",
                f"{name} gate {limit:g} will fail every version: {why}",
                subject.spans.value(("testing", "thresholds", name)),
                Severity.WARNING,
                help=f"choose a limit {'below' if higher else 'above'} {best:g}",
            )


# What is watched while the model serves: shares, so that none is ever above 1.
_WATCHED = (("monitoring", "concept_drift", "max_accuracy_drop"), ("monitoring", "max_attack_success"))


def _watched_limits(subject: Subject) -> Iterator[Diagnostic]:
    monitoring = subject.spec.monitoring
    limits = (monitoring.concept_drift.max_accuracy_drop, monitoring.max_attack_success)
    for path, limit in zip(_WATCHED, limits, strict=True):
        if limit >= 1 and subject.wrote(*path):
            message = f"{path[-1]} {limit:g} can never fail: no value is above it, so its alert never fires"
            span = subject.spans.value(path)
            yield Diagnostic("MG214", message, span, Severity.WARNING, help="choose a limit that can fail, or drop it")
