"""Rules about fairness: a test without groups compares nothing."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.compiler.unknowns import known_items
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.testing import TestCategory


def attributes_exist(subject: Subject) -> Iterator[Diagnostic]:
    """MG206."""
    if subject.contract is None:
        return
    columns = tuple(column.name for column in subject.contract.columns)
    for index, name in known_items(subject.spec.testing.sensitive_attributes):
        if name not in columns:
            span = subject.spans.value(("testing", "sensitive_attributes", index))
            yield Diagnostic("MG206", unknown("column", name, columns), span, help=f"columns: {', '.join(columns)}")


def has_groups(subject: Subject) -> Iterator[Diagnostic]:
    """MG207."""
    categories = subject.spec.testing.categories
    if TestCategory.FAIRNESS not in categories or not lacks_groups(subject):
        return
    if TestCategory.FAIRNESS in subject.platform.policy.required_tests.get(subject.spec.project.risk_class, ()):
        return  # Policy makes it an error: MG405.
    yield Diagnostic(
        "MG207",
        "the fairness test has no groups to compare, so it will not be run",
        subject.spans.value(("testing", "categories", categories.index(TestCategory.FAIRNESS))),
        Severity.WARNING,
        help=how_to_name_groups(subject),
    )


def lacks_groups(subject: Subject) -> bool:
    """Whether a fairness test would have nothing to compare."""
    contract = subject.contract
    return contract is not None and not subject.spec.testing.sensitive_attributes and not contract.groups


def how_to_name_groups(subject: Subject) -> str:
    """What to write, with the columns of few values that the contract or policy marks as protected."""
    marked, contract = subject.platform.policy.protected_attributes, subject.contract
    found = [
        column.name
        for column in (contract.columns if contract else ())
        if column.type == "category" and (column.role == "protected" or column.name in marked)
    ]
    todo = "name columns in the contract's `groups`, or in testing.sensitive_attributes"
    return f"{todo}; protected columns with few values: {', '.join(found)}" if found else todo
