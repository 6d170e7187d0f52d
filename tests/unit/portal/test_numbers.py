"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from mlops_gitops.pipeline.gates import at_least, at_most
from mlops_gitops.portal import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (0.9312, "0.931"), (0.00051, "0.00051"), (-0.0063, "−0.0063"), (82.281, "82.3"),
        (1234.5, "1,234"), (62341, "62,341"), (math.nan, "not a number"), (math.inf, "not a number"),
    ],
)  # fmt: skip
def test_number(value: float, text: str):
    assert numbers.number(value) == text


def test_gates_read_as_on_the_command_line_with_spaces_that_do_not_break():
    gate = at_least("recall", 0.915, 0.85, (0.891, 0.935))
    assert numbers.measured(gate) == "0.915 [0.891,\u00a00.935]"
    assert numbers.limit(gate) == "≥\u00a00.85"
    assert numbers.limit(at_most("latency_p95_ms", 20.0, 100, unit="ms")) == "≤\u00a0100\u00a0ms"


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2026-03-02T10:04:09+01:00", "2026-03-02 09:04:09 UTC"),
        ("2026-03-02T10:04:09", "2026-03-02 10:04:09"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_moments_are_told_in_utc(iso: str, text: str):
    assert numbers.moment(iso) == text


def test_minutes_leave_the_seconds_out():
    assert numbers.minute("2026-03-02T10:04:09+01:00") == "2026-03-02 09:04 UTC"


def test_seconds_and_shares():
    assert [numbers.seconds(value) for value in (0.42, 12.2, 72, 4000)] == ["0.4 s", "12 s", "1m 12s", "1h 6m"]
    assert numbers.percent(-0.472, signed=True) == "−47.2 %"
    assert numbers.p_value(0.0001) == "p < 0.001"


def test_summaries_flow():
    assert numbers.flowing("f1 0.956   gap -0.6 %   v1-2 at a-1") == "f1 0.956 · gap −0.6 % · v1-2 at a-1"
