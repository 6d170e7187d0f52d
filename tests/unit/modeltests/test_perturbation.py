"""Attack and damage keep to their budgets, and do what they say."""

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.modeltests import perturbation
from mlops_gitops.spec.contract import Column

COLUMNS = [
    Column(name="debt", type="int", min=0, max=100),
    Column(name="income", type="float", nullable=True, min=0),
    Column(name="kind", type="category"),
]


def frame(rows=2000):
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {"debt": random.integers(0, 100, rows), "income": random.lognormal(3, 1, rows), "kind": ["a"] * rows}
    )


def linear(table):
    return 1 / (1 + np.exp(-(table["debt"].to_numpy() - table["income"].to_numpy()) / 10))


def test_the_attack_finds_the_worst_corner_of_a_linear_model_and_stays_in_its_budget():
    rows, seen = frame(300), []
    spread = perturbation.spreads(rows, COLUMNS)

    def score(table):
        seen.append(table)
        return linear(table)

    lowest = perturbation.attack(rows, COLUMNS, spread, score)
    for name in ("debt", "income"):
        budget = np.minimum(perturbation.ATTACK_SD * spread[name], perturbation.ATTACK_SHARE * rows[name])
        moved = max(float((np.abs(table[name] - rows[name]) - budget).max()) for table in seen)
        assert moved <= 1e-9
    assert all((table["debt"] == np.floor(table["debt"])).all() for table in seen)
    debt_step = np.minimum(perturbation.ATTACK_SD * spread["debt"], 0.1 * rows["debt"])
    income_step = np.minimum(perturbation.ATTACK_SD * spread["income"], 0.1 * rows["income"])
    corner = rows.assign(debt=np.ceil(rows["debt"] - debt_step), income=rows["income"] + income_step)
    assert lowest == pytest.approx(linear(corner))


def test_a_wider_budget_never_does_less():
    rows = frame(300)
    spread = perturbation.spreads(rows, COLUMNS)
    narrow = perturbation.attack(rows, COLUMNS, spread, linear)
    wide = perturbation.attack(rows, COLUMNS, spread, linear, np.inf)
    assert (wide <= narrow + 1e-12).all()
    assert wide.mean() < narrow.mean()


def test_damage_is_seeded_of_the_stated_size_and_legal():
    rows = frame()
    spread = perturbation.spreads(rows, COLUMNS)
    assert set(spread) == {"debt", "income"}
    noisy = perturbation.noisy(rows, COLUMNS, spread, 1)
    pd.testing.assert_frame_equal(noisy, perturbation.noisy(rows, COLUMNS, spread, 1))
    assert (noisy["debt"] - rows["debt"]).std() == pytest.approx(0.1 * spread["debt"], rel=0.1)
    assert (noisy["debt"] == np.round(noisy["debt"])).all()
    assert noisy["debt"].between(0, 100).all()
    assert (noisy["income"] >= 0).all()
    missing = perturbation.with_missing(rows, COLUMNS, 1)
    assert missing["income"].isna().mean() == pytest.approx(0.1, abs=0.02)
    assert missing["debt"].notna().all()  # the contract allows no gap there
    outliers = perturbation.with_outliers(rows, COLUMNS, spread, 1)
    expected = rows["income"].mean() + 5 * spread["income"]
    assert np.isclose(outliers["income"], expected).mean() == pytest.approx(0.05, abs=0.02)
