"""Cleaning and the split."""

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.stages.splitting import clean, parts
from tests.small_project import CONTRACT, changed

TIMED = DataContract.model_validate(CONTRACT)
UNTIMED = DataContract.model_validate(
    changed(CONTRACT, time=None, columns=[one for one in CONTRACT["columns"] if one["name"] != "time"])
)


def table(rows=1000):
    count = np.arange(rows)
    return pd.DataFrame(
        {"id": count, "time": count[::-1] // 7, "debt": count % 90, "income": 5.0, "kind": "a", "region": "N",
         "late": count % 2}
    )  # fmt: skip


def test_the_split_is_in_time_order_and_keeps_moments_together():
    rows, _ = clean(table(), TIMED)
    train, validation, test = parts(rows, TIMED, seed=1)
    assert train["time"].max() < validation["time"].min()
    assert validation["time"].max() < test["time"].min()
    assert len(train) + len(validation) + len(test) == 1000
    assert [len(part) for part in (train, validation, test)] == pytest.approx([700, 150, 150], abs=7)


def test_without_a_time_the_split_is_a_seeded_shuffle():
    first, again, other = (parts(table(), UNTIMED, seed)[0]["id"].tolist() for seed in (1, 1, 2))
    assert first == again
    assert sorted(first) != sorted(other)
    assert len(first) == 700


def test_unusable_rows_are_dropped_and_counted_once():
    rows = table(100).astype({"debt": float, "late": float})
    rows.loc[0, "late"] = np.nan
    rows.loc[1, ["debt", "income"]] = [500, np.nan]  # two faults, one row
    rows.loc[2, "kind"] = "z"
    rows.loc[4, ["id", "time"]] = rows.loc[3, ["id", "time"]].to_numpy()
    kept, dropped = clean(rows, TIMED)
    assert len(kept) == 96
    assert dropped == {"without late": 1, "repeated": 1, "with an illegal debt": 1, "with an illegal kind": 1}


def test_too_few_rows_say_why():
    with pytest.raises(OutsideError, match="only 0 usable rows") as raised:
        clean(table(30).assign(debt=-1), TIMED)
    assert "30 with an illegal debt" in raised.value.why


def test_a_part_with_one_class_cannot_be_used():
    rows = table().assign(late=lambda t: (t["time"] < 50).astype(int))
    with pytest.raises(OutsideError, match="validation part cannot be used"):
        parts(clean(rows, TIMED)[0], TIMED, 1)
