"""Data against its contract: four reports of checks, and a quality score.

Each check says which share of a column's rows it holds for.  A column's score is the mean of its checks, the quality
score the mean over columns, so that one wholly bad column cannot hide behind many good ones' rows.  A check passes
when it holds for at least ``1 − TOLERANCE`` of the rows, a report when all its checks do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlops_gitops.spec.contract import Column, DataContract

if TYPE_CHECKING:
    import pandas as pd

REPORTS = ("schema", "completeness", "quality", "distribution")
TOLERANCE = 0.01
MAX_NULLABLE_SHARE = 0.5
"""A column may lack values; it must not be mostly empty."""
OUTLIER_SD = 10.0
_KINDS = {"int": "iuf", "float": "iuf", "time": "Miuf", "id": "iufOUT", "category": "OUTib"}


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one column (or of the table, column ``*``): ``share`` of rows for which it holds, 0 to 1."""

    report: str
    column: str
    name: str
    share: float
    said: str = ""

    @property
    def passed(self) -> bool:
        """Whether it holds for all rows but the tolerated share."""
        return self.share >= 1 - TOLERANCE


@dataclass(frozen=True, slots=True)
class DataReport:
    """All checks, and what follows from them."""

    rows: int
    checks: tuple[Check, ...]

    @property
    def quality_score(self) -> float:
        """Mean over columns of the mean over a column's checks."""
        columns: dict[str, list[float]] = {}
        for check in self.checks:
            columns.setdefault(check.column, []).append(check.share)
        return float(np.mean([np.mean(shares) for shares in columns.values()])) if columns else 0.0

    def failed(self, report: str | None = None) -> tuple[Check, ...]:
        """Checks that do not pass, of one report or of all."""
        return tuple(one for one in self.checks if not one.passed and report in (None, one.report))

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON: the four reports."""
        reports = {
            name: {
                "passed": not self.failed(name),
                "checks": [asdict(one) | {"passed": one.passed} for one in self.checks if one.report == name],
            }
            for name in REPORTS
        }
        return {"rows": self.rows, "quality_score": self.quality_score, "reports": reports}


def check_frame(frame: pd.DataFrame, contract: DataContract) -> DataReport:
    """Check a table of at least one row; raises ``ValueError`` on an empty one."""
    if frame.empty:
        raise ValueError("the table holds no rows")
    checks = list(_table(frame, contract))
    for column in contract.columns:
        if column.name in frame.columns and column.role != "unused":
            checks += _column(frame[column.name], column, contract)
    return DataReport(len(frame), tuple(checks))


def _table(frame: pd.DataFrame, contract: DataContract) -> Iterator[Check]:
    promised = {column.name for column in contract.columns}
    for name in (column.name for column in contract.columns if column.role != "unused"):
        yield Check("schema", name, "present", float(name in frame.columns))
    for name in sorted(set(map(str, frame.columns)) - promised):
        yield Check("schema", name, "in the contract", 0.0, "the contract does not name this column")
    keys = [name for name in contract.names("id") if name in frame.columns]
    if keys:
        twice = frame.duplicated(subset=[*keys, *([contract.time] if contract.time in frame.columns else [])])
        yield Check("quality", "*", "rows are told apart", 1 - float(twice.mean()), f"by {', '.join(keys)} and time")


def _column(values: pd.Series[Any], column: Column, contract: DataContract) -> Iterator[Check]:
    kind = _kind(values)
    yield Check("schema", column.name, "type", float(kind in _KINDS[column.type]), f"{column.type}; is {values.dtype}")
    present = values.notna()
    share = float(present.mean())
    if column.nullable:
        yield Check("completeness", column.name, "mostly there", float(share >= 1 - MAX_NULLABLE_SHARE), f"{share:.3f}")
    else:
        yield Check("completeness", column.name, "no value missing", share, f"{1 - share:.4f} missing")
    there = values[present]
    if len(there):
        yield from _legal(there, column, kind)
        yield from _shape(there, column, contract, kind)


def _kind(values: pd.Series[Any]) -> str:
    """NumPy's kind letter; ``T`` for pandas text and ``U`` for categories."""
    name = str(values.dtype)
    if name == "category":
        return "U"
    if name.startswith(("str", "string")):
        return "T"
    if name.startswith("datetime"):
        return "M"
    return "i" if name.startswith("Int") else "f" if name.startswith("Float") else values.dtype.kind


def _legal(there: pd.Series[Any], column: Column, kind: str) -> Iterator[Check]:
    if column.values:
        yield Check("quality", column.name, "legal values", float(there.astype(str).isin(column.values).mean()))
    if kind not in "iuf":
        return
    numbers = there.to_numpy(dtype=float)
    if column.min is not None or column.max is not None:
        low = -np.inf if column.min is None else column.min
        high = np.inf if column.max is None else column.max
        inside = float(np.mean((numbers >= low) & (numbers <= high)))
        yield Check("quality", column.name, "in range", inside, f"{low:g} to {high:g}")
    if column.type == "int":
        yield Check("quality", column.name, "whole numbers", float(np.mean(numbers == np.floor(numbers))))


def _shape(there: pd.Series[Any], column: Column, contract: DataContract, kind: str) -> Iterator[Check]:
    if column.name == contract.label:
        both = there.astype(str).nunique() >= 2 and (there.astype(str) == str(contract.positive)).any()
        yield Check("distribution", column.name, "both classes occur", float(both))
    elif column.role == "feature" and len(there) > 1:
        yield Check("distribution", column.name, "not constant", float(there.nunique() > 1))
    if kind in "iuf" and column.role == "feature":
        numbers = there.to_numpy(dtype=float)
        finite = np.isfinite(numbers)
        yield Check("distribution", column.name, "finite", float(finite.mean()))
        deviation = float(numbers[finite].std()) if finite.any() else 0.0
        if deviation > 0:
            far = np.abs(numbers[finite] - numbers[finite].mean()) > OUTLIER_SD * deviation
            yield Check("distribution", column.name, f"within {OUTLIER_SD:g} deviations", 1 - float(far.mean()))
