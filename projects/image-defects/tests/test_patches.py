"""The project's own unit tests: the simulated patches, and that a defect shows."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import simulate


@pytest.fixture(scope="module")
def patches() -> object:
    return simulate.simulate(rows=2_000)


def test_patches_are_grey_values_in_order_of_time(patches) -> None:
    pixels = patches[list(simulate.PIXELS)].to_numpy()
    assert pixels.shape == (2_000, simulate.SIDE**2)
    assert 0 <= pixels.min() <= pixels.max() <= 255
    assert patches["taken_at"].is_monotonic_increasing


def test_the_same_seed_gives_the_same_patches(patches) -> None:
    assert patches.equals(simulate.simulate(rows=2_000))
    assert not patches.equals(simulate.simulate(rows=2_000, seed=1))


def test_a_share_of_the_patches_is_defective(patches) -> None:
    assert abs(patches["defect"].mean() - simulate.DEFECTIVE) < 0.04


def test_a_defect_stands_out_of_its_row(patches) -> None:
    pixels = patches[list(simulate.PIXELS)].to_numpy(float).reshape(-1, simulate.SIDE, simulate.SIDE)
    rest = pixels - pixels.mean(axis=2, keepdims=True)
    peak = np.abs(rest).max(axis=(1, 2))
    defective = patches["defect"].to_numpy() == 1
    assert np.median(peak[defective]) > np.median(peak[~defective]) * 1.3


def test_an_interrupted_training_goes_on(patches, tmp_path) -> None:
    pytest.importorskip("tensorflow")
    import model

    def trained(epochs: int) -> list[dict[str, float]]:
        fitted = model.train(
            patches[:200], patches[200:260], label="defect", features=list(simulate.PIXELS),
            parameters={"max_epochs": epochs}, seed=1, checkpoints=tmp_path,
        )  # fmt: skip
        return fitted.history_

    first = trained(2)
    assert trained(3)[:3] == first
    assert len(trained(3)) == 4
