"""Rules about fairness: a test without groups compares nothing."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.testing import TestCategory


def attributes_exist(subject: Subject) -> Iterator[Diagnostic]:
    """MG206."""
    if subject.contract is None:
        return
    columns = tuple(column.name for column in subject.contract.columns)
    for index, name in enumerate(subject.spec.testing.sensitive_attributes):
        if name not in columns:
            span = subject.spans.value(("testing", "sensitive_attributes", index))
            yield Diagnostic("MG206", unknown("column", name, columns), span, help=f"columns: {', '.join(columns)}")


def has_groups(subject: Subject) -> Iterator[Diagnostic]:
    """MG207."""
    testing = subject.spec.testing
    if subject.contract is None or testing.sensitive_attributes or subject.contract.groups:
        return
    for index, category in enumerate(testing.categories):
        if category is TestCategory.FAIRNESS:
            yield Diagnostic(
                "MG207",
                "the fairness test has no groups to compare, so it will not be run",
                subject.spans.value(("testing", "categories", index)),
                Severity.WARNING,
                help="name columns in the contract's `groups`, or in testing.sensitive_attributes",
            )
