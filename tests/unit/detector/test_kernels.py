"""The compiled KS walk against the definition and against scipy, on every kind of nasty column."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from mlops_gitops.detector.kernels import ks_distance
from tests.oracle import naive_statistics as naive


def distance(baseline, current):
    """Call the kernel as the detector does: sorted, missing values left to the weights."""
    sides = [np.asarray(side, dtype=np.float64) for side in (baseline, current)]
    present = [np.sort(side[~np.isnan(side)]) for side in sides]
    return ks_distance(*present, *(1.0 / side.size for side in sides))


values = st.lists(
    st.one_of(
        st.sampled_from([0.0, -0.0, 1.0, 2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308]),
        st.floats(allow_subnormal=True),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(values, values)
def test_equals_the_definition(baseline, current):
    assert distance(baseline, current) == pytest.approx(naive.ks_distance(baseline, current), abs=1e-12)


@pytest.mark.filterwarnings("ignore:divide by zero")  # scipy's own, on its p-value for one row
@pytest.mark.parametrize("rows", [(1, 1), (1, 500), (3000, 50), (20_000, 30_000)])
@pytest.mark.parametrize("kind", ["normal", "ties", "cents", "constant", "huge", "tiny", "infinite"])
def test_equals_scipy(kind, rows):
    random = np.random.default_rng(7)
    make = {
        "normal": lambda n: random.normal(size=n),
        "ties": lambda n: random.poisson(3.0, n).astype(float),
        "cents": lambda n: np.round(random.lognormal(2.0, 1.0, n), 2),
        "constant": np.ones,
        "huge": lambda n: random.normal(size=n) * 1e300,
        "tiny": lambda n: random.normal(size=n) * 1e-300,
        "infinite": lambda n: np.where(random.random(n) < 0.1, np.inf, random.normal(size=n)),
    }[kind]
    baseline, current = make(rows[0]), make(rows[1])
    expected = ks_2samp(baseline, current, method="asymp").statistic
    assert distance(baseline, current) == pytest.approx(expected, abs=1e-12)


def test_takes_read_only_narrow_and_strided_arrays():
    reference = np.arange(10, dtype=np.float64)
    reference.setflags(write=False)
    weights = (0.1, 0.1)
    assert ks_distance(reference, np.arange(5, 15, dtype=np.int64), *weights) == pytest.approx(0.5)
    assert ks_distance(reference, np.arange(5, 15, dtype=np.float32), *weights) == pytest.approx(0.5)
    assert ks_distance(reference, np.repeat(reference, 2)[::2], *weights) == 0.0


def test_a_side_without_numbers_is_all_missing():
    nothing = np.empty(0)
    assert ks_distance(nothing, nothing, 0.0, 0.0) == 0.0
    assert ks_distance(np.arange(4.0), nothing, 0.25, 0.0) == 1.0
    assert ks_distance(nothing, np.arange(2.0), 0.0, 0.25) == 0.5
