"""Judging numbers against limits."""

import math

import pytest

from mlops_gitops.pipeline.gates import at_least, at_most, gate_text, status_of
from mlops_gitops.records.stage_result import StageStatus


@pytest.mark.parametrize(
    ("judge", "measured", "passed"),
    [(at_least, 0.9, True), (at_least, 0.8999, False), (at_most, 0.9, True), (at_most, 0.9001, False),
     (at_least, math.nan, False), (at_most, math.nan, False)],
)  # fmt: skip
def test_a_limit_itself_passes_and_no_number_never_does(judge, measured, passed):
    assert judge("recall", measured, 0.9).passed is passed


def test_status_needs_every_gate():
    good, bad = at_least("recall", 0.9, 0.8), at_most("fpr", 0.2, 0.1)
    assert status_of([]) is StageStatus.PASSED
    assert status_of([good]) is StageStatus.PASSED
    assert status_of([good, bad]) is StageStatus.FAILED


def test_text():
    assert gate_text(at_least("f1", 0.93141, 0.92, (0.921, 0.94))) == "f1 0.931 [0.921, 0.940] ≥ 0.92"
    assert gate_text(at_most("fpr", 0.00061, 0.01)) == "fpr 0.00061 ≤ 0.01"
    assert gate_text(at_least("recall", 0.86, 0.88)) == "recall 0.860 not ≥ 0.88"
    assert gate_text(at_most("latency_p95_ms", 131.2, 100, unit="ms")) == "latency_p95_ms 131 not ≤ 100 ms"
