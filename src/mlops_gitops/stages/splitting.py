"""From the loaded table to train, validation and test parts: cleaning with defaults, then the split (70/15/15).

Rows that a model could not be asked about anyway are dropped and counted: no label, a gap or a value that the
contract forbids, a row that came twice.  The split is in time order where rows have a time, so that a model is always
judged on what came after its training; rows of the same moment stay together.  Without a time it is a seeded shuffle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.modeltests.confusion import Bools
from mlops_gitops.spec.contract import Column, DataContract
from mlops_gitops.spec.training import Split

if TYPE_CHECKING:
    import pandas as pd

MIN_ROWS = 20
_SHARES = Split()


def clean(table: pd.DataFrame, contract: DataContract) -> tuple[pd.DataFrame, dict[str, int]]:
    """The usable rows, in time order, with how many were dropped for which reason."""
    kept = np.ones(len(table), dtype=bool)
    dropped: dict[str, int] = {}
    for reason, bad in _faults(table, contract):
        dropped[reason] = int(np.count_nonzero(bad & kept))
        kept &= ~bad
    rows = table[kept]
    if contract.time:
        rows = rows.sort_values(contract.time, kind="stable")
    if len(rows) < MIN_ROWS:
        counts = ", ".join(f"{count} {reason}" for reason, count in dropped.items() if count)
        why = f"{len(table)} rows were read; dropped: {counts or 'none'}"
        raise OutsideError(f"only {len(rows)} usable rows: too few to split", why=why, todo="look at the data contract")
    return rows.reset_index(drop=True), {reason: count for reason, count in dropped.items() if count}


def _faults(table: pd.DataFrame, contract: DataContract) -> list[tuple[str, Bools]]:
    needed = [contract.label, *([contract.time] if contract.time else [])]
    faults = [(f"without {name}", table[name].isna().to_numpy()) for name in needed]
    keys = [*contract.names("id"), *([contract.time] if contract.time else [])]
    if contract.names("id"):
        faults.append(("repeated", table.duplicated(subset=keys).to_numpy()))
    for column in contract.features():
        faults.append((f"with an illegal {column.name}", _illegal(table[column.name], column)))
    return faults


def _illegal(values: pd.Series[Any], column: Column) -> Bools:
    missing = values.isna().to_numpy()
    bad = np.zeros(len(values), dtype=bool)
    if column.values:
        bad = ~values.astype(str).isin(column.values).to_numpy()
    elif column.type in ("int", "float"):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        low = -np.inf if column.min is None else column.min
        high = np.inf if column.max is None else column.max
        bad = ~((numbers >= low) & (numbers <= high) & np.isfinite(numbers))
    legal_gap = missing & column.nullable
    return (bad | missing) & ~legal_gap


def parts(
    rows: pd.DataFrame, contract: DataContract, seed: int, shares: Split = _SHARES
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Train, validation and test rows of a cleaned table."""
    cuts = [round(len(rows) * share) for share in (shares.train, shares.train + shares.validation)]
    if contract.time:
        times = rows[contract.time]
        # Rows of one moment are not torn apart: a cut moves behind the last of them.
        cuts = [int(times.searchsorted(times.iloc[cut - 1], side="right")) for cut in cuts]
    else:
        rows = rows.iloc[np.random.default_rng(seed).permutation(len(rows))]
    first, second = cuts
    split = rows.iloc[:first], rows.iloc[first:second], rows.iloc[second:]
    for name, part in zip(("train", "validation", "test"), split, strict=True):
        if part.empty or part[contract.label].nunique() < 2:
            why = f"{len(part)} rows, label {contract.label} takes {part[contract.label].nunique()} values"
            raise OutsideError(f"the {name} part cannot be used", why=why, todo="more data is needed")
    return tuple(part.reset_index(drop=True) for part in split)  # type: ignore[return-value]


def positives(labels: pd.Series[Any], contract: DataContract) -> Bools:
    """Which rows have the label's positive value."""
    return np.asarray(labels.to_numpy() == contract.positive, dtype=bool)
