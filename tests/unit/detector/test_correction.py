"""Adjusted p-values against the published stepping rules, and against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from mlops_gitops.detector.correction import benjamini_hochberg, holm
from tests.oracle import naive_statistics as naive

p_values = st.lists(st.one_of(st.sampled_from([0.0, 0.01, 0.05, 1.0]), st.floats(0.0, 1.0)), min_size=1, max_size=12)


def rejected(adjusted, level):
    return {i for i, p in enumerate(adjusted) if p <= level + 1e-12}


@settings(max_examples=200, deadline=None)
@given(p_values, st.sampled_from([0.01, 0.05, 0.2]))
def test_rejects_what_the_rules_reject(p, level):
    harmonic = sum(1 / k for k in range(1, len(p) + 1))
    slack = level + 1e-12  # both sides round
    assert rejected(benjamini_hochberg(p), level) == naive.benjamini_hochberg_rejects(p, slack)
    assert rejected(benjamini_hochberg(p, dependent=True), level) == naive.benjamini_hochberg_rejects(
        p, slack, harmonic
    )
    assert rejected(holm(p), level) == naive.holm_rejects(p, slack)


def test_equals_scipy():
    p = [0.8, 0.001, 0.04, 0.04, 0.2]
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p, method="bh"))
    assert benjamini_hochberg(p, dependent=True) == pytest.approx(false_discovery_control(p, method="by"))


def test_nothing_in_nothing_out():
    assert benjamini_hochberg([]) == ()
    assert holm([]) == ()
