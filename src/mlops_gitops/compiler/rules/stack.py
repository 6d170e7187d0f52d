"""Rules about the stack: a tool that is written down is really rendered, or refused."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.stack import AREAS


def rendered(subject: Subject) -> Iterator[Diagnostic]:
    """MG301."""
    for area in AREAS:
        written = getattr(subject.spec.stack, area.name)
        if written is not None and written not in area.supported:
            today = ", ".join(area.supported) if area.supported else "none of this area"
            yield Diagnostic(
                "MG301",
                f"{area.title} `{written}` is not supported yet",
                subject.spans.value(("stack", area.name)),
                help=f"supported today: {today}",
            )


# What the product answers a verdict with today.
_REMEDIES = ("roll_back", "none")


def remedy_exists(subject: Subject) -> Iterator[Diagnostic]:
    """MG303."""
    for severity in ("high", "medium", "low"):
        remedy = getattr(subject.spec.remediation, severity)
        if remedy not in _REMEDIES:
            yield Diagnostic(
                "MG303",
                f"the remedy `{remedy}` is not supported yet",
                subject.spans.value(("remediation", severity)),
                help=f"supported today: {', '.join(_REMEDIES)}",
            )
