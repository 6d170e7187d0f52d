"""A data contract that agrees with itself: what it names is a column, each column once, each in its role."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.contract import Column, DataContract


def contract_fits(contract: DataContract, source: Source) -> Iterator[Diagnostic]:
    """MG113: label, time and groups are columns; no name twice; the label is no feature that a model could see."""
    columns = {column.name: column for column in contract.columns}
    yield from _columns_named(contract, source, columns)
    yield from _named_twice(contract, source)
    for index, column in enumerate(contract.columns):
        if (column.role == "label") != (column.name == contract.label):
            message = f"column `{column.name}` has the role `{column.role}`, and the label is `{contract.label}`"
            span = source.spans.value(("columns", index, "role"))
            todo = "the label's column, and no other, has the role `label`: a model never sees it"
            yield Diagnostic("MG113", message, span, file=source.file, help=todo)
        if column.min is not None and column.max is not None and column.min > column.max:
            message = f"column `{column.name}` has no legal value: min {column.min:g} is more than max {column.max:g}"
            yield Diagnostic("MG113", message, source.spans.value(("columns", index, "min")), file=source.file)


def _columns_named(contract: DataContract, source: Source, columns: dict[str, Column]) -> Iterator[Diagnostic]:
    named: list[tuple[str, str, tuple[str | int, ...]]] = [("label", contract.label, ("label",))]
    named.extend(("group", group, ("groups", index)) for index, group in enumerate(contract.groups))
    if contract.time is not None:
        named.append(("time", contract.time, ("time",)))
    for noun, name, path in named:
        if name not in columns:
            close = did_you_mean(name, columns)
            message = f"{noun} `{name}` is not a column of the contract"
            todo = f"columns: {', '.join(columns)}"
            yield Diagnostic(
                "MG113",
                message + (f"; did you mean `{close}`?" if close else ""),
                source.spans.value(path),
                file=source.file,
                help=todo,
            )


def _named_twice(contract: DataContract, source: Source) -> Iterator[Diagnostic]:
    seen = set[str]()
    for index, column in enumerate(contract.columns):
        if column.name in seen:
            span = source.spans.value(("columns", index, "name"))
            yield Diagnostic("MG113", f"column `{column.name}` is listed twice", span, help="keep one of them")
        seen.add(column.name)
