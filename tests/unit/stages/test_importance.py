"""Importance finds what tells of the label, alone or together, and drops noise."""

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.stages.importance import importances


def frame(rows=20_000):
    random = np.random.default_rng(3)
    columns = {
        "strong": random.random(rows),
        "left": random.random(rows),
        "right": random.random(rows),
        "noise": random.random(rows),
        "words": random.choice(["x", "y", "z"], rows),
        "constant": np.ones(rows),
        "attempts": np.where(random.random(rows) < 0.04, random.integers(1, 5, rows), 0),
    }
    crossed = (columns["left"] > 0.5) ^ (columns["right"] > 0.5)
    labels = (columns["strong"] > 0.95) | (crossed & (random.random(rows) < 0.2)) | (columns["attempts"] > 2)
    return pd.DataFrame(columns), labels


def test_strong_crossed_and_rare_columns_are_kept_and_noise_is_not():
    table, labels = frame()
    found = importances(table, list(table), labels)
    assert max(found.values()) == 1.0
    # Neither half of a crossed pair tells anything alone.
    assert min(found["left"], found["right"]) > 0.3
    # A column that holds one value in 96 of 100 rows still tells by the others.
    assert found["attempts"] > 0.3
    assert max(found["noise"], found["words"], found["constant"]) < 0.1


def test_a_gap_can_tell():
    table, labels = frame()
    table["strong"] = table["noise"].where(~labels)
    assert importances(table, ["strong", "right", "noise"], labels)["strong"] == 1.0


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_nothing_tells_anything(value):
    found = importances(pd.DataFrame({"a": [value] * 50}), ["a"], np.arange(50) % 2 == 0)
    assert found == {"a": 0.0}
