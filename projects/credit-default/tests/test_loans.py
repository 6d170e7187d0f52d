"""The project's own unit tests: the loans as they are read, and the model on them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lending
import model

FEATURES = ("seniority_years", "home", "records", "job", "expenses", "income", "amount", "price")


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    return lending.table()


@pytest.fixture(scope="module")
def fitted(loans: pd.DataFrame) -> object:
    return model.train(loans[:3_000], loans[3_000:3_700], label="status", features=FEATURES, parameters={}, seed=1)


def test_every_loan_is_there_once(loans: pd.DataFrame) -> None:
    assert len(loans) == loans["loan_id"].nunique() == 4_454
    assert set(loans["status"]) == {"good", "bad"}
    assert set(loans["age_band"]) == set(lending.AGE_BANDS)


def test_the_model_ranks_bad_loans_first(loans: pd.DataFrame, fitted) -> None:
    held_out = loans[3_700:]
    scores = fitted.predict_proba(held_out[list(FEATURES)])[:, list(fitted.classes_).index("bad")]
    bad = (held_out["status"] == "bad").to_numpy()
    assert np.median(scores[bad]) > 2 * np.median(scores[~bad])


def test_gaps_are_filled(loans: pd.DataFrame, fitted) -> None:
    gaps = loans[loans["income"].isna()]
    assert len(gaps) > 100
    assert np.isfinite(fitted.predict_proba(gaps[list(FEATURES)])).all()


def test_more_income_means_less_risk(loans: pd.DataFrame, fitted) -> None:
    column = list(fitted.classes_).index("bad")
    rows = loans[loans["income"].notna()][list(FEATURES)].head(500)
    richer = rows.assign(income=rows["income"] + 100)
    assert (fitted.predict_proba(richer)[:, column] < fitted.predict_proba(rows)[:, column]).mean() > 0.95


def test_an_unknown_parameter_is_refused(loans: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="legal is C"):
        model.train(loans, loans, label="status", features=FEATURES, parameters={"depth": 3}, seed=1)
