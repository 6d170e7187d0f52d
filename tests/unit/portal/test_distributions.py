"""Shapes: both sides in the same cells, every present row counted once."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_gitops.detector.references import CategoryReference, NumericReference
from mlops_gitops.portal.distributions import CELLS, FEW, distribution


def test_numbers_fall_into_equal_cells_with_the_tails_at_the_ends():
    random = np.random.default_rng(3)
    before, now = random.normal(0, 1, 4000), np.append(random.normal(2, 1, 1000), [1e6, -1e6, np.nan])
    shape = distribution("x", NumericReference.of("x", before), now)
    assert len(shape.labels) == len(shape.baseline) == len(shape.current) == CELLS
    assert (shape.baseline_rows, shape.current_rows) == (4000, 1002)
    assert sum(shape.baseline) == pytest.approx(1)
    assert sum(shape.current) == pytest.approx(1)
    centres = np.arange(CELLS)
    assert np.dot(shape.current, centres) > np.dot(shape.baseline, centres) + 3


def test_few_distinct_numbers_keep_their_values():
    shape = distribution("n", NumericReference.of("n", [1, 1, 1, 2]), [2, 3, 3, np.nan])
    assert shape.labels == ("1", "2", "3")
    assert shape.baseline == (0.75, 0.25, 0)
    assert shape.current == pytest.approx((0, 1 / 3, 2 / 3))


def test_levels_come_in_the_baselines_order_and_rare_ones_share_a_cell():
    levels = {f"level {i:02d}": 100 - i for i in range(15)}
    shape = distribution("c", CategoryReference(levels, 0), ["level 03", "new", None])
    assert len(shape.labels) == FEW
    assert shape.labels[0] == "level 00"
    assert shape.labels[-1] == "others"
    assert shape.current[-1] == 0.5
    assert sum(shape.baseline) == pytest.approx(1)


@pytest.mark.parametrize("current", [[], [np.nan], [np.inf]])
def test_nothing_to_count_gives_shares_of_nothing(current: list[float]):
    shape = distribution("x", NumericReference.of("x", np.arange(50.0)), current)
    assert sum(shape.current) == 0
    assert distribution("x", NumericReference.of("x", [np.nan]), current).labels == ("no value",)


def test_one_value_far_away_does_not_flatten_a_constant_column():
    shape = distribution("x", NumericReference.of("x", np.append(np.zeros(5000), np.arange(12.0))), np.zeros(100))
    assert shape.current[0] == 1
