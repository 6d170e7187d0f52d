"""Rules about who answers for a project, and how much is at stake."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity


def risk_has_reason(subject: Subject) -> Iterator[Diagnostic]:
    """MG238."""
    project = subject.spec.project
    if subject.wrote("project", "risk_class") and project.risk_class == "high" and project.risk_reason is None:
        yield Diagnostic(
            "MG238",
            "the risk class is `high` without a reason",
            subject.spans.value(("project", "risk_class")),
            Severity.WARNING,
            help="write project.risk_reason: an auditor asks for it, and reviewers read it",
        )


def high_risk_is_owned(subject: Subject) -> Iterator[Diagnostic]:
    """MG239."""
    project = subject.spec.project
    if project.risk_class == "high" and not project.owners:
        yield Diagnostic(
            "MG239",
            "a project of risk class `high` has no owner",
            subject.spans.value(("project", "risk_class")),
            Severity.WARNING,
            help='name people or groups in project.owners, like ["@fraud-team"]: they own its files in CODEOWNERS',
        )
