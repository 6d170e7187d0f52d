"""The share of slow answers between fixed buckets, held against numbers worked out by hand."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mlops_gitops.compiler.targets.monitoring.tensorflow_signals import TensorflowSignals


class _Plain:
    """An attribute for each argument."""

    def __init__(self, **values):
        self.__dict__.update(values)


def signals(latency_ms):
    slo = _Plain(latency=timedelta(milliseconds=latency_ms))
    environment = _Plain(name="production", spec=_Plain(serving=_Plain(slo=slo)))
    return TensorflowSignals(_Plain(name="plates"), environment)


def weights(expression):
    """Weight by edge, as they stand in an expression."""
    return {edge: float(weight) for weight, edge in re.findall(r'([\d.e+-]+) \* sum.*?le="([^"]+)"', expression)}


@pytest.mark.parametrize(
    ("latency_ms", "below", "above"),
    [
        (80, "67466.4", "121440"),
        (100, "67466.4", "121440"),
        (700, "393464", "708235"),
        (2000, "1.27482e+06", "2.29468e+06"),
    ],
)
def test_a_promise_between_two_edges_is_shared_among_them(latency_ms, below, above):
    found = weights(signals(latency_ms).slow_ratio("5m"))
    assert list(found) == [below, above]
    assert sum(found.values()) == pytest.approx(1, abs=1e-5)
    promise = found[below] * float(below) + found[above] * float(above)
    assert promise == pytest.approx(latency_ms * 1000, rel=1e-4)


@pytest.mark.parametrize(("latency_ms", "edge"), [(0.01, "10"), (0.018, "18"), (0.001, "10"), (10_000_000, "1.47")])
def test_a_promise_on_an_edge_or_outside_of_all_takes_one(latency_ms, edge):
    expression = signals(latency_ms).slow_ratio("5m")
    assert " * " not in expression
    assert f'le="{edge}' in expression


def test_probes_are_no_predictions():
    one = signals(80)
    for expression in (one.slow_ratio("5m"), one.p95("5m"), one.rows("5m"), one.requests("5m")):
        for series in re.findall(r"request_latency\w*\{[^}]*\}", expression):
            assert 'API=~"[Pp]redict"' in series


def test_seconds_come_out():
    assert signals(80).p95("5m").endswith(" / 1e6")
