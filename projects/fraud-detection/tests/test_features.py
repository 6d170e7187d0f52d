"""The project's own unit tests: the simulated stream, its reading, and the model on a small sample."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

import data  # noqa: E402
import model  # noqa: E402
import simulate  # noqa: E402

ROWS, DAYS = 16_000, 4
PATTERNED = ("amount_ratio_percent", "merchant_category", "device_age_days", "minutes_since_last", "km_from_last")


def batch(folder: Path, **options: object) -> pd.DataFrame:
    path = folder / "batch.csv"
    simulate.simulate(**({"rows": ROWS, "days": DAYS} | options)).to_csv(path, index=False)
    return data.load(path)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return batch(tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return batch(tmp_path_factory.mktemp("attacked"), attack=True)


@pytest.fixture(scope="module")
def trained(usual: pd.DataFrame) -> object:
    return fit(usual)


def fit(rows: pd.DataFrame, **parameters: object) -> object:
    parts = rows.iloc[:12_000], rows.iloc[12_000:14_000]
    return model.train(*parts, label="is_fraud", features=PATTERNED, parameters=parameters, seed=1)


def test_columns_are_those_of_the_contract(usual: pd.DataFrame) -> None:
    promised = [
        line.split("name: ")[1].split(",")[0].strip()
        for line in (PROJECT / "data_contract.yaml").read_text().splitlines()
        if "name: " in line
    ]
    assert list(usual.columns) == promised


def test_rows_are_in_order_of_time_within_the_days_asked_for(usual: pd.DataFrame) -> None:
    assert len(usual) == ROWS
    assert usual["time"].is_monotonic_increasing
    assert usual["time"].min() >= pd.Timestamp("2026-01-05", tz="UTC")
    assert usual["time"].max() < pd.Timestamp("2026-01-09", tz="UTC")
    assert usual["is_fraud"].mean() == pytest.approx(0.0105, abs=1e-4)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        path = tmp_path / "made" / f"{name}.csv"
        simulate.main([str(path), "--rows", "2000", "--days", "1", "--seed", seed])
        texts.append(path.read_bytes())
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].count(b"\n") == 2001


def test_velocity_agrees_with_counting_row_by_row(usual: pd.DataFrame) -> None:
    # The first day's windows reach into rows that are not part of the batch.
    later = usual[usual["time"] >= usual["time"].min().ceil("D") + pd.Timedelta(days=1)]
    for row in later.sample(40, random_state=0).itertuples():
        # A payment of the same second may stand before or after this one: leave the row out.
        past = usual[(usual["customer_id"] == row.customer_id) & (usual["time"] <= row.time)]
        if (past["time"] == row.time).sum() > 1:
            continue
        age_s = (row.time - past["time"]).dt.total_seconds()
        assert (age_s < 3600).sum() == row.transactions_1h
        assert (age_s < simulate.DAY_S).sum() == row.transactions_24h
        before = age_s[age_s > 0].min()
        assert row.minutes_since_last == (1440 if np.isnan(before) else min(before // 60, 1440))


def test_columns_have_fixed_types(usual: pd.DataFrame) -> None:
    assert str(usual["time"].dtype).endswith("UTC]")
    assert {str(usual[name].dtype) for name in data.WORDS} == {"category"}
    assert {str(usual[name].dtype) for name in data.MAY_BE_MISSING} == {"float64"}
    assert 0 < usual["km_from_last"].isna().mean() < 0.01
    assert usual.drop(columns="km_from_last").notna().all(axis=None)


def test_load_names_the_columns_that_a_file_lacks(tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    short.write_text("transaction_id,time,is_fraud\n1,1767571200,0\n")
    with pytest.raises(ValueError, match="lacks the columns merchant_category"):
        data.load(short)
    with pytest.raises(FileNotFoundError):
        data.load(tmp_path / "none.csv")


def test_an_attack_brings_more_fraud_with_forged_trust(usual: pd.DataFrame, attacked: pd.DataFrame) -> None:
    def trusted(rows: pd.DataFrame) -> float:
        return float((rows.loc[rows["is_fraud"] == 1, "device_trust"] > 80).mean())

    assert attacked["is_fraud"].sum() > 4 * usual["is_fraud"].sum()
    assert trusted(usual) < 0.05
    assert trusted(attacked) > 0.3


def test_drift_moves_amounts_and_countries_but_not_the_share_of_fraud(usual: pd.DataFrame, tmp_path: Path) -> None:
    season = batch(tmp_path, drift=True)
    assert season["amount_ratio_percent"].mean() > 1.25 * usual["amount_ratio_percent"].mean()
    assert (season["country"] != "DE").mean() > 1.5 * (usual["country"] != "DE").mean()
    assert season["is_fraud"].sum() == usual["is_fraud"].sum()


def test_an_outage_leaves_gaps_and_zeros(tmp_path: Path) -> None:
    broken = batch(tmp_path, outage=True)
    assert broken["device_age_days"].isna().mean() == pytest.approx(0.3, abs=0.001)
    assert (broken["transactions_24h"] == 0).mean() == pytest.approx(0.3, abs=0.001)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        simulate.simulate(rows=0)


def test_the_model_finds_most_fraud_of_a_small_sample(usual: pd.DataFrame, trained: object) -> None:
    held_out = usual.iloc[14_000:]
    scores = trained.predict_proba(held_out[list(PATTERNED)])[:, 1]
    fraud = held_out["is_fraud"] == 1
    highest = np.argsort(-scores)[: fraud.sum()]
    assert fraud.to_numpy()[highest].mean() > 0.6


def test_history_begins_with_the_constant_model_and_the_best_iteration_is_kept(trained: object) -> None:
    losses = [step["validation_loss"] for step in trained.history_]
    assert [step["iteration"] for step in trained.history_] == list(range(len(losses)))
    assert min(losses) < losses[0]
    assert trained.history_[-1]["train_loss"] < trained.history_[0]["train_loss"]
    assert trained["boost"].n_iter_ == int(np.argmin(losses))


def test_the_same_seed_gives_the_same_scores(usual: pd.DataFrame, trained: object) -> None:
    rows = usual[list(PATTERNED)].tail(100)
    assert np.array_equal(trained.predict_proba(rows), fit(usual).predict_proba(rows))


def test_words_never_seen_and_gaps_are_scored(usual: pd.DataFrame, trained: object) -> None:
    rows = usual[list(PATTERNED)].head(2).astype({"merchant_category": "str"})
    rows.loc[rows.index[0], "merchant_category"] = "submarines"
    rows.loc[rows.index[1], ["km_from_last", "device_age_days"]] = np.nan
    scores = trained.predict_proba(rows)[:, 1]
    assert ((scores > 0) & (scores < 1)).all()


def test_an_unknown_parameter_is_refused_and_the_legal_ones_named(usual: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"learnin_rate.*legal are learning_rate, max_iter"):
        fit(usual, learnin_rate=0.1)
    assert len(fit(usual, max_iter=3).history_) == 4


@pytest.mark.parametrize(
    ("labels", "scores", "threshold"),
    [
        ([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.8], 0.4),
        ([0, 1, 0, 1], [0.1, 0.3, 0.3, 0.9], 0.2),
        ([1, 1], [0.5, 0.5], 0.5),
    ],
)
def test_the_threshold_has_the_highest_f1(labels: list[int], scores: list[float], threshold: float) -> None:
    assert model.choose_threshold(labels, scores) == pytest.approx(threshold)


def test_a_threshold_needs_a_positive_label() -> None:
    with pytest.raises(ValueError, match="positive label"):
        model.choose_threshold([0, 0], [0.1, 0.2])
