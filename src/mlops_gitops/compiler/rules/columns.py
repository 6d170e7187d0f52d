"""Rules about the columns of the data contract: what a model is shown, and what tells groups apart."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity, Span


def groups_are_groups(subject: Subject) -> Iterator[Diagnostic]:
    """MG234."""
    contract = subject.contract
    if contract is None:
        return
    columns = {column.name: column for column in contract.columns}
    for name, span in _grouped(subject):
        column = columns.get(name)
        if column is None:
            continue  # MG113 and MG206 tell of it.
        if name == contract.label:
            message = f"`{name}` is the label: its groups are what the model predicts, so their rates always differ"
            yield Diagnostic("MG234", message, span, help="name a column that tells people apart, not the answer")
        elif column.type in ("id", "time") or column.role in ("id", "time"):
            message = f"`{name}` is {'a time' if 'time' in (column.type, column.role) else 'an identifier'}: "
            message += "every row is a group of its own"
            todo = "name a column with few values, like an age band"
            yield Diagnostic("MG234", message, span, Severity.WARNING, help=todo)


def _grouped(subject: Subject) -> Iterator[tuple[str, Span | None]]:
    for index, name in until_unknown(known_items(subject.spec.testing.sensitive_attributes)):
        yield name, subject.spans.value(("testing", "sensitive_attributes", index))
    for index, name in enumerate(subject.contract.groups if subject.contract else ()):
        yield name, subject.contract_spans.value(("groups", index))


def model_sees_something(subject: Subject) -> Iterator[Diagnostic]:
    """MG248."""
    contract = subject.contract
    if contract is None:
        return
    if not contract.features():
        yield Diagnostic(
            "MG248",
            "the contract has no feature: a model would see nothing",
            subject.contract_spans.key(("columns",)),
            help="give columns the role `feature`",
        )


def identifiers_are_no_features(subject: Subject) -> Iterator[Diagnostic]:
    """MG249."""
    for index, column in enumerate(subject.contract.columns if subject.contract else ()):
        if column.role == "feature" and column.type == "id":
            yield Diagnostic(
                "MG249",
                f"the identifier `{column.name}` is a feature: a model learns single rows by heart",
                subject.contract_spans.value(("columns", index, "name")),
                Severity.WARNING,
                help="give it the role `id`, or the type that its values really have",
            )
