"""The worst slice, and gaps between groups."""

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.modeltests.slices import group_gaps, worst_slice


def test_the_worst_slice_is_the_one_where_positives_are_missed():
    kind = np.repeat(["a", "b", "rare"], [500, 500, 30])
    labels = np.arange(1030) % 5 == 0
    predicted = labels & ~((kind == "b") & (np.arange(1030) % 10 == 0)) & (kind != "rare")
    number = np.arange(1030) * 389 % 1030
    worst = worst_slice(pd.DataFrame({"kind": kind, "number": number}), ["kind", "number"], labels, predicted)
    # "rare" is worse still, but six positives say nothing.
    assert worst.name == "kind=b"
    assert worst.positives == 100
    assert worst.f1 == pytest.approx(2 / 3)


def test_no_slice_is_large_enough():
    assert worst_slice(pd.DataFrame({"k": ["a"] * 10}), ["k"], np.ones(10, bool), np.ones(10, bool)) is None


def test_gaps_between_groups():
    group = ["N"] * 200 + ["S"] * 200 + ["tiny"] * 5
    labels = np.zeros(405, dtype=bool)
    predicted = np.zeros(405, dtype=bool)
    predicted[:20] = True  # a tenth of N, wrongly
    predicted[400:] = True
    gaps = group_gaps("region", group, labels, predicted)
    assert gaps.accuracy_gap == pytest.approx(0.1)
    assert gaps.positive_rate_gap == pytest.approx(0.1)
    assert gaps.compared == 2
    assert gaps.groups["tiny"]["rows"] == 5
