"""Rules about settings of something that is switched off: what is written is used, or said to be unused.

Only what stands in the project's own files is looked at: the platform's defaults are for all projects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import UnknownError
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.testing import TestCategory


class _Setting(NamedTuple):
    """A key that nothing reads unless ``used`` holds; ``why`` says what is off."""

    path: tuple[str, ...]
    used: Callable[[ProjectSpec], bool]
    why: str


def _has(stage: StageName) -> Callable[[ProjectSpec], bool]:
    return lambda spec: stage in spec.pipeline.stages


def _tests(category: TestCategory) -> Callable[[ProjectSpec], bool]:
    return lambda spec: category in spec.testing.categories


_NO_CANARY = "serving.canary.steps is empty, so a new version takes over at once"
_NO_SCALING = "serving.autoscaling.max_replicas is not written, so the number of replicas stays as it is"
_NO_CHECKPOINTS = "no checkpoints are kept"
_NO_DEVICES = "no device is asked for"

_NO_MONITORING = "the pipeline has no model_monitoring stage"
# What only the rendered Jobs go by; seed, split and the like decide on the data too.
_OF_TRAINING_JOBS = ("workers", "resources", "accelerator", "shared_memory", "checkpoints", "schedule", "queue")
_OF_TRAINING_PODS = ("priority_class", "retries", "env", "node_selector", "tolerations")

_SETTINGS = (
    _Setting(("serving",), _has(StageName.MODEL_DEPLOYMENT), "the pipeline has no model_deployment stage"),
    *(
        _Setting(("monitoring", key), _has(StageName.MODEL_MONITORING), _NO_MONITORING)
        for key in ("interval", "custom_metrics", "concept_drift", "max_attack_success")
    ),
    _Setting(
        ("monitoring", "concept_drift"),
        lambda spec: spec.watches_accuracy(),
        "accuracy is not one of monitoring.metrics, so nothing measures it",
    ),
    *(
        _Setting(("training", key), _has(StageName.MODEL_TRAINING), "the pipeline has no model_training stage")
        for key in (*_OF_TRAINING_JOBS, *_OF_TRAINING_PODS)
    ),
    _Setting(("alerting", "escalation_policy"), lambda spec: bool(spec.alerting.channels), "there is no channel"),
    _Setting(("testing", "robustness"), _tests(TestCategory.ROBUSTNESS), "robustness_test is not a category"),
    _Setting(("testing", "inference"), _has(StageName.MODEL_MONITORING), "no stage asks the served model"),
    _Setting(("testing", "case_timeout"), lambda spec: bool(spec.testing.categories), "no test runs"),
    _Setting(
        ("testing", "sensitive_attributes"),
        lambda spec: {TestCategory.FAIRNESS, TestCategory.MODEL} & set(spec.testing.categories) != set(),
        "neither fairness_test nor model_test is a category",
    ),
    _Setting(("training", "checkpoints", "storage"), lambda spec: spec.training.keeps_checkpoints(), _NO_CHECKPOINTS),
    _Setting(
        ("training", "checkpoints", "storage_class"), lambda spec: spec.training.keeps_checkpoints(), _NO_CHECKPOINTS
    ),
    _Setting(("training", "accelerator", "resource"), lambda spec: spec.training.device_count() > 0, _NO_DEVICES),
    _Setting(("serving", "accelerator", "resource"), lambda spec: bool(spec.serving.accelerator.count), _NO_DEVICES),
    _Setting(("serving", "canary", "interval"), lambda spec: bool(spec.serving.canary.steps), _NO_CANARY),
    _Setting(
        ("serving", "autoscaling", "requests_per_second"),
        lambda spec: spec.serving.autoscaling.max_replicas is not None,
        _NO_SCALING,
    ),
    _Setting(
        ("serving", "autoscaling", "cpu_utilization"),
        lambda spec: spec.serving.autoscaling.max_replicas is not None,
        _NO_SCALING,
    ),
    _Setting(
        ("serving", "autoscaling", "cpu_utilization"),
        lambda spec: spec.serving.autoscaling.requests_per_second is None,
        "replicas follow requests_per_second",
    ),
    *(
        _Setting(
            ("pipeline", "stage_options", "model_validation", cost),
            lambda spec: spec.pipeline.stage_options.model_validation.business_metric is None,
            "business_metric is written, and says what decisions are worth",
        )
        for cost in ("cost_false_positive", "cost_false_negative")
    ),
)


def settings_used(subject: Subject) -> Iterator[Diagnostic]:
    """MG227."""
    told = set[tuple[str, ...]]()
    for setting in _SETTINGS:
        if any(setting.path[: len(one)] == one for one in told):
            continue
        try:
            problem = _unused(subject, setting)
        except UnknownError:
            # What cannot be known of a section may be what is to say of all that is in it.
            told.add(setting.path)
            continue
        if problem is not None:
            told.add(setting.path)
            yield problem


def _unused(subject: Subject, setting: _Setting) -> Diagnostic | None:
    if not subject.wrote(*setting.path) or setting.used(subject.spec):
        return None
    span = subject.spans.key(setting.path)
    if span is None or not _is_told_here(subject, setting, span.file):
        return None
    message = f"{dotted(setting.path)} is not used: {setting.why}"
    return Diagnostic("MG227", message, span, Severity.WARNING, help="drop it, or switch on what it is for")


def _is_told_here(subject: Subject, setting: _Setting, file: str) -> bool:
    """An overlay answers for what it writes itself; what the project writes is for every environment."""
    if subject.environment:
        return file == subject.overlay_file
    return file.startswith(f"{subject.folder}/") and not any(setting.used(spec) for spec in subject.all_specs)
