"""What policy asks of every project's people, tests and data: owners, test categories, protected columns, retention."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.fairness import how_to_name_groups, lacks_groups
from mlops_gitops.compiler.rules.retention import shown
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import keeps_less
from mlops_gitops.spec.testing import TestCategory


def owners_named(subject: Subject) -> Iterator[Diagnostic]:
    """MG404."""
    if subject.platform.policy.require_owners and not subject.spec.project.owners:
        yield Diagnostic(
            "MG404",
            "the project has no owner, and policy asks for one",
            subject.spans.key(("project", "owners")),
            help='name people or groups in project.owners, like ["@fraud-team"]',
            related=(subject.policy_place("require_owners"),),
        )


def tests_required(subject: Subject) -> Iterator[Diagnostic]:
    """MG405."""
    for category in subject.platform.policy.required_tests.get(subject.spec.project.risk_class, ()):
        yield from until_unknown(_required(subject, category))


def _required(subject: Subject, category: TestCategory) -> Iterator[Diagnostic]:
    risk, categories = subject.spec.project.risk_class, subject.spec.testing.categories
    notes = (*subject.origin("project", "risk_class"), subject.policy_place("required_tests", risk))
    must = f"a project of risk class `{risk}` must run {category.value}"
    if category not in categories:
        span, todo = subject.spans.key(("testing", "categories")), f"add {category.value} to testing.categories"
        yield Diagnostic("MG405", must, span, help=todo, related=notes)
    elif category is TestCategory.FAIRNESS and lacks_groups(subject):
        span = subject.spans.value(("testing", "categories", categories.index(category)))
        message = f"{must}, and it has no groups to compare, so it will not be run"
        yield Diagnostic("MG405", message, span, help=how_to_name_groups(subject), related=notes)


def protected_are_no_features(subject: Subject) -> Iterator[Diagnostic]:
    """MG406."""
    protected = subject.platform.policy.protected_attributes
    for index, column in enumerate(subject.contract.columns if subject.contract else ()):
        if column.role == "feature" and column.name in protected:
            yield Diagnostic(
                "MG406",
                f"the protected attribute `{column.name}` is a feature: the model may decide by it",
                subject.contract_spans.value(("columns", index, "name")),
                Severity.WARNING,
                help="give it the role `protected`: fairness tests compare its groups, and no model sees it",
                related=(subject.policy_place("protected_attributes", protected.index(column.name)),),
            )


def data_kept_in_bounds(subject: Subject) -> Iterator[Diagnostic]:
    """MG407."""
    bounds, kept = subject.platform.policy.data_retention, subject.spec.data.retention
    if bounds.least is not None and keeps_less(kept, bounds.least):
        yield _retention(
            subject, f"data is kept {shown(kept)}, policy asks for {shown(bounds.least)} at least", "least"
        )
    if bounds.most is not None and keeps_less(bounds.most, kept):
        yield _retention(subject, f"data is kept {shown(kept)}, policy allows {shown(bounds.most)} at most", "most")


def _retention(subject: Subject, message: str, bound: str) -> Diagnostic:
    default = () if subject.wrote("data", "retention") else subject.origin("data", "retention")
    return Diagnostic(
        "MG407",
        message,
        subject.spans.value(("data", "retention")),
        help="set data.retention within these bounds",
        related=(*default, subject.policy_place("data_retention", bound)),
    )
