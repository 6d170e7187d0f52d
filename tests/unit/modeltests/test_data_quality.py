"""Each kind of broken data is found, in the right report."""

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.modeltests.data_quality import check_frame
from mlops_gitops.spec.contract import DataContract
from tests.small_project import CONTRACT

CONTRACTED = DataContract.model_validate(CONTRACT)


def table(rows=200):
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "time": pd.to_datetime(np.arange(rows), unit="s", utc=True),
            "debt": random.integers(0, 100, rows),
            "income": random.random(rows) * 100,
            "kind": pd.Categorical(random.choice(["a", "b", "c"], rows)),
            "region": random.choice(["N", "S"], rows),
            "late": (np.arange(rows) % 10 == 0).astype(int),
        }
    )


def test_good_data_passes_all_four_reports():
    report = check_frame(table(), CONTRACTED)
    assert report.failed() == ()
    assert report.quality_score == 1.0
    assert all(one["passed"] for one in report.to_plain()["reports"].values())


FAULTS = {
    "a lost column": (lambda t: t.drop(columns="debt"), "schema", "debt", "present"),
    "an extra column": (lambda t: t.assign(more=1), "schema", "more", "in the contract"),
    "text for numbers": (lambda t: t.assign(debt="ten"), "schema", "debt", "type"),
    "gaps": (lambda t: t.assign(income=t.income.where(t.index > 9)), "completeness", "income", "no value missing"),
    "out of range": (lambda t: t.assign(debt=t.debt.where(t.index > 9, -5)), "quality", "debt", "in range"),
    "unknown words": (lambda t: t.assign(region="X"), "quality", "region", "legal values"),
    "broken numbers": (lambda t: t.assign(debt=t.debt + 0.5), "quality", "debt", "whole numbers"),
    "rows twice": (lambda t: pd.concat([t, t]), "quality", "*", "rows are told apart"),
    "a constant": (lambda t: t.assign(income=5.0), "distribution", "income", "not constant"),
    "one class": (lambda t: t.assign(late=0), "distribution", "late", "both classes occur"),
    "infinity": (lambda t: t.assign(income=t.income.where(t.index > 9, np.inf)), "distribution", "income", "finite"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name):
    breaking, report, column, check = FAULTS[name]
    found = check_frame(breaking(table()), CONTRACTED)
    assert (report, column, check) in {(one.report, one.column, one.name) for one in found.failed(report)}
    assert found.quality_score < 1.0


def test_a_few_bad_rows_are_tolerated_and_still_lower_the_score():
    rows = table(1000)
    rows.loc[0, "debt"] = -1
    report = check_frame(rows, CONTRACTED)
    assert report.failed() == ()
    assert 0.999 < report.quality_score < 1.0


def test_no_rows():
    with pytest.raises(ValueError, match="no rows"):
        check_frame(table(0), CONTRACTED)
