"""Rules about limits of alerts: something can be measured against them."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.stages import StageName


def attacks_are_possible(subject: Subject) -> Iterator[Diagnostic]:
    """MG267."""
    path = ("monitoring", "max_attack_success")
    monitored = StageName.MODEL_MONITORING in subject.spec.pipeline.stages
    contract = subject.contract
    if not monitored or contract is None or contract.has_numeric_feature() or not subject.wrote(*path):
        return
    yield Diagnostic(
        "MG267",
        "monitoring.max_attack_success has no alert: nothing can be attacked",
        subject.spans.key(path),
        Severity.WARNING,
        help="drop it: an attack changes numbers a little, and the data contract has no numeric feature",
    )
