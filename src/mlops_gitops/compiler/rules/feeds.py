"""Rules about limits of alerts: something measures what they are on."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.stages import StageName


def limits_are_fed(subject: Subject) -> Iterator[Diagnostic]:
    """MG267."""
    spec, contract = subject.spec, subject.contract
    if StageName.MODEL_MONITORING not in spec.pipeline.stages:
        yield from _unfed(subject, "concept_drift", "no model_monitoring stage", "add the stage, or drop the limit")
        yield from _unfed(
            subject, "max_attack_success", "no model_monitoring stage", "add the stage, or drop the limit"
        )
        return
    if not spec.watches_accuracy():
        todo = "add accuracy to monitoring.metrics, or drop the limit"
        yield from _unfed(subject, "concept_drift", "accuracy is not among the watched metrics", todo)
    if contract is not None and not contract.has_numeric_feature():
        todo = "drop it: an attack changes numbers a little, and the data contract has no numeric feature"
        yield from _unfed(subject, "max_attack_success", "nothing can be attacked", todo)


def _unfed(subject: Subject, key: str, why: str, todo: str) -> Iterator[Diagnostic]:
    path = ("monitoring", key)
    if subject.wrote(*path):
        message = f"{dotted(path)} has no alert: {why}"
        yield Diagnostic("MG267", message, subject.spans.key(path), Severity.WARNING, help=todo)
