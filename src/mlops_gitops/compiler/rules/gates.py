"""Rules about gates: a gate that can never fail protects nothing."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.metrics import find_metric


def can_bind(subject: Subject) -> Iterator[Diagnostic]:
    """MG214: precision ≥ p and recall ≥ r force F1 ≥ 2pr/(p + r), the harmonic mean being monotone in both."""
    thresholds = {
        metric.name: (name, limit)
        for name, limit in subject.spec.testing.thresholds.items()
        if (metric := find_metric(name)) is not None
    }
    if not {"precision", "recall", "f1_score"} <= thresholds.keys():
        return
    (_, precision), (recall_name, recall) = thresholds["precision"], thresholds["recall"]
    name, limit = thresholds["f1_score"]
    if precision + recall <= 0:
        return
    forced = 2 * precision * recall / (precision + recall)
    if 0 < limit <= forced:
        span = subject.spans.value(("testing", "thresholds", name))
        where = subject.spans.value(("testing", "thresholds", recall_name))
        yield Diagnostic(
            "MG214",
            f"{name} gate {limit:g} can never fail: precision ≥ {precision:g} and recall ≥ {recall:g} "
            f"already force F1 ≥ {forced:.3f}",
            span,
            Severity.WARNING,
            label=f"raise it above {forced:.3f}, or drop it",
            related=(f"recall {recall:g} comes from {where}",) if where else (),
        )
