"""Reading the card transactions: one CSV in, one table with fixed column types out.

Types are stated and not guessed, so that a small batch, in which a column happens to be whole or to hold digits only,
reads the same as the training data. What each column means and may hold stands in `data_contract.yaml`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

WORDS = ("merchant_category", "country", "device_type", "age_band", "region")
MAY_BE_MISSING = ("device_age_days", "km_from_last")


def load(source: Path) -> pd.DataFrame:
    """Read `source` (CSV, as `simulate.py` writes it) in its own order of rows.

    Words become categories, `time` UTC timestamps, columns that may lack values floats (with NaN), the rest integers,
    or floats where a broken feed left a gap. Raises FileNotFoundError if there is no such file and ValueError if a
    column that is named here is not in it.
    """
    types = dict.fromkeys(WORDS, "category") | dict.fromkeys(MAY_BE_MISSING, "float64")
    table = pd.read_csv(source, dtype=types)
    lacking = [name for name in (*types, "time") if name not in table.columns]
    if lacking:
        raise ValueError(f"{source} lacks the columns {', '.join(lacking)}: was it written by simulate.py?")
    table["time"] = pd.to_datetime(table["time"], unit="s", utc=True)
    return table
