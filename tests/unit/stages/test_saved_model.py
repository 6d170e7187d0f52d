"""The SavedModel of a package: what the project must write, and that it says what the estimator says.

Where TensorFlow is installed (the extra `keras`) real networks are exported and asked.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.stages.saved_model import export

ROWS = pd.DataFrame({"width": [1.0, 2.0, 3.0], "height": [3.0, 1.0, 2.0], "maker": ["a", "b", "a"]})
SCORES = 1 / (1 + np.exp(-(ROWS["width"] - ROWS["height"]).to_numpy()))


class Estimator:
    """Writes what it is told to, and names the columns it is told to."""

    def __init__(self, columns, write=lambda folder: (folder / "saved_model.pb").write_bytes(b"")):
        self.columns, self.write = columns, write

    def export_saved_model(self, folder):
        self.write(folder)
        return self.columns


def refused(estimator, folder: Path, scores=SCORES) -> str:
    with pytest.raises(UsageError, match="cannot be packaged for TensorFlow Serving") as caught:
        export(estimator, folder / "saved_model", ROWS, scores)
    assert caught.value.todo
    return caught.value.why or ""


def test_an_estimator_must_know_how(tmp_path: Path) -> None:
    assert "has no export_saved_model" in refused(object(), tmp_path)


def test_it_must_write_one(tmp_path: Path) -> None:
    assert "wrote no saved_model.pb" in refused(Estimator(["width"], write=lambda folder: None), tmp_path)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (None, "returned None"),
        ([], r"returned \[\]"),
        ("width", "returned 'width'"),
        (["width", "depth"], "no features: depth"),
        (["maker"], "without numbers: maker"),
    ],
)
def test_it_must_name_columns_that_are_numbers(columns, why, tmp_path: Path) -> None:
    assert re.search(why, refused(Estimator(columns), tmp_path))


@pytest.fixture
def network():
    """The very function that the scores come from."""
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    rows = keras.Input((2,), name="rows")
    score = keras.ops.sigmoid(rows[:, 0:1] - rows[:, 1:2])
    return lambda folder: keras.Model(rows, score).export(folder, verbose=False)


def test_it_says_what_the_estimator_says(network, tmp_path: Path) -> None:
    export(Estimator(["width", "height"], network), tmp_path / "saved_model", ROWS, SCORES)
    assert (tmp_path / "saved_model" / "saved_model.pb").is_file()
    assert json.loads((tmp_path / "saved_model/assets.extra/columns.json").read_text()) == ["width", "height"]


def test_columns_in_another_order_are_found(network, tmp_path: Path) -> None:
    assert "differ from predict_proba" in refused(Estimator(["height", "width"], network), tmp_path)


def test_columns_that_do_not_fit_are_found(network, tmp_path: Path) -> None:
    assert "and 1 columns are named" in refused(Estimator(["width"], network), tmp_path)
