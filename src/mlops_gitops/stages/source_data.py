"""The source file: checked against its pointer, made anew by the project's generator where it is missing.

The pointer ``<source>.dvc`` stands in git and holds the MD5 of the bytes, so that a commit says which data it means.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.spec.contract import Column, DataContract
from mlops_gitops.stages import plugins

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = {"int": "int64", "float": "float64"}


def pointer_md5(source: Path) -> str | None:
    """The MD5 in ``<source>.dvc``, ``None`` without a pointer; raises ``OutsideError`` on a damaged one."""
    path = source.with_name(source.name + ".dvc")
    if not path.is_file():
        return None
    try:
        return str(yaml.safe_load(path.read_bytes())["outs"][0]["md5"])
    except (yaml.YAMLError, KeyError, IndexError, TypeError) as error:
        todo = "restore it from git, or write it anew with `dvc add`"
        raise OutsideError("the data pointer cannot be read", where=str(path), why=str(error), todo=todo) from error


def file_md5(path: Path) -> str:
    """Hex MD5 of a file, as DVC writes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def check_against_pointer(source: Path) -> None:
    """Raise ``OutsideError`` where the file is there but is not the one that the pointer means."""
    wanted = pointer_md5(source)
    if wanted is not None and source.is_file():
        found = file_md5(source)
        if found != wanted:
            raise OutsideError(
                "the data file is not the one that its pointer names",
                where=str(source),
                why=f"md5 {found}, the pointer says {wanted}",
                todo="`dvc checkout` brings the old data back, `dvc add` makes the new data the project's",
            )


def materialise(folder: Path, contract: DataContract) -> Path:
    """The source file, generated where it is missing; raises ``OutsideError`` where it cannot be had or is another."""
    source = folder / contract.source
    if not source.is_file():
        if contract.generator is None:
            todo = "fetch it with `dvc pull`, or name a generator in the data contract"
            raise OutsideError("the data file is missing", where=str(source), todo=todo)
        _generate(folder, source, contract.generator)
    check_against_pointer(source)
    return source


def _generate(folder: Path, source: Path, generator: str) -> None:
    """Call the generator without arguments and write the table it returns, in one step."""
    make = plugins.entrypoint(folder, generator, default="")
    assert make is not None
    table: pd.DataFrame = make()
    source.parent.mkdir(parents=True, exist_ok=True)
    unfinished = source.with_name(f".{source.name}.{os.getpid()}")
    try:
        if source.suffix == ".parquet":
            table.to_parquet(unfinished, index=False)
        else:
            table.to_csv(unfinished, index=False, lineterminator="\n")
        unfinished.replace(source)
    finally:
        unfinished.unlink(missing_ok=True)


def load(folder: Path, entrypoint: str, contract: DataContract) -> pd.DataFrame:
    """The source as a table: by the project's ``data:load``, else by the contract's types."""
    return load_file(folder, materialise(folder, contract), entrypoint, contract)


def load_file(folder: Path, source: Path, entrypoint: str, contract: DataContract) -> pd.DataFrame:
    """Any file of the contract's columns, read as the source is; raises ``UsageError`` where it cannot be."""
    read = plugins.entrypoint(folder, entrypoint, default="data:load")
    table: pd.DataFrame = read(source) if read else _read(source, contract)
    missing = [column.name for column in contract.columns if column.name not in table and column.role != "unused"]
    if missing:
        todo = "correct the data contract, or what loads the data"
        raise UsageError(f"the data lacks the columns {', '.join(missing)}", where=str(source), todo=todo)
    return table


def _read(source: Path, contract: DataContract) -> pd.DataFrame:
    import pandas as pd

    if source.suffix == ".parquet":
        return pd.read_parquet(source)
    types: dict[str, Any] = {column.name: _pandas_type(column) for column in contract.columns if column.type != "time"}
    table = pd.read_csv(source, dtype={name: kind for name, kind in types.items() if kind})
    for column in (one for one in contract.columns if one.type == "time" and one.name in table):
        seconds = table[column.name].dtype.kind in "iuf"
        table[column.name] = pd.to_datetime(table[column.name], utc=True, unit="s" if seconds else None)
    return table


def _pandas_type(column: Column) -> str | None:
    if column.type == "category":
        return "category"
    # A whole-number column that may have gaps is read as floats: NaN needs room.
    return "float64" if column.nullable and column.type == "int" else _NUMBERS.get(column.type)
