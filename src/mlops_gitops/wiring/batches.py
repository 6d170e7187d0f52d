"""Reading a batch of rows: by the project's own loader, as its training data is read, and held to its contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from mlops_gitops.records.project import Project
    from mlops_gitops.spec.contract import Column, DataContract

_SHOWN = 3
# What a project's own code raises about a file that is not what it reads; a package that is missing is told elsewhere.
_LOADER_ERRORS = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(OSError, RuntimeError, SyntaxError),
)


def load_batch(root: Path, project: Project, batch: Path, *, labelled: bool) -> pd.DataFrame:
    """The table in a file; ``UsageError`` where it cannot be read, lacks a column, or has labels that are none."""
    from mlops_gitops.stages.source_data import load_file

    if not batch.is_file():
        raise UsageError("there is no such batch", where=str(batch), todo="name a file with --batch")
    contract = project.contract if labelled else without_label(project.contract)
    try:
        table = load_file(root / project.folder, batch.resolve(), project.spec.data.entrypoint, contract)
    except _LOADER_ERRORS as error:
        raise UsageError(
            "the batch cannot be read",
            where=str(batch),
            why=f"{type(error).__name__}: {error}",
            todo=f"write it as the project's data is written; {project.spec.data.entrypoint} read it",
        ) from error
    if labelled:
        _check_labels(table, project.contract, batch)
    return table


def without_label(contract: DataContract) -> DataContract:
    """The contract of rows whose outcome nobody knows yet."""
    columns = tuple(column for column in contract.columns if column.name != contract.label)
    return contract.model_copy(update={"columns": columns})


def _check_labels(table: pd.DataFrame, contract: DataContract, batch: Path) -> None:
    """A label out of its range would count as a negative, and may cost a good version its place."""
    column = next(one for one in contract.columns if one.name == contract.label)
    given = table[contract.label].dropna().unique().tolist()
    strange = sorted({str(value) for value in given if not _allowed(value, column)})
    if strange:
        raise UsageError(
            f"the label column {contract.label} holds values that the data contract does not allow",
            where=str(batch),
            why=", ".join(strange[:_SHOWN]) + (" and more" if len(strange) > _SHOWN else ""),
            todo="correct the labels, or leave those out that are not known",
        )


def _allowed(value: object, column: Column) -> bool:
    if isinstance(value, str) or not isinstance(value, int | float):
        return not column.values or value in column.values
    if column.type == "int" and value != int(value):
        return False
    return (column.min is None or value >= column.min) and (column.max is None or value <= column.max)
