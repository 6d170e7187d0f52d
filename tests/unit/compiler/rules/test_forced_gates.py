"""What gates force each other to, held against confusion matrices and errors of every kind."""

from __future__ import annotations

import itertools
import math
import random

from mlops_gitops.compiler.rules.forced_gates import forced


def matrices() -> list[dict[str, float]]:
    """The metrics of every small confusion matrix that has all of its ratios."""
    found = []
    for tp, fp, tn, fn in itertools.product(range(7), repeat=4):
        if tp + fp and tp + fn and fp + tn:
            found.append(
                {
                    "precision": tp / (tp + fp),
                    "recall": tp / (tp + fn),
                    "f1_score": 2 * tp / (2 * tp + fp + fn),
                    "accuracy": (tp + tn) / (tp + fp + tn + fn),
                    "false_positive_rate": fp / (fp + tn),
                }
            )
    return found


def errors() -> list[dict[str, float]]:
    source = random.Random(7)
    rows = [[source.choice((0.0, source.random(), 3 * source.random())) for _ in range(5)] for _ in range(500)]
    return [
        {
            "mae": sum(row) / 5,
            "mse": sum(value**2 for value in row) / 5,
            "rmse": math.sqrt(sum(value**2 for value in row) / 5),
        }
        for row in rows
    ]


def holds(measured: dict[str, float], metric: str, limit: float) -> bool:
    higher = metric in ("precision", "recall", "f1_score", "accuracy")
    return measured[metric] >= limit - 1e-9 if higher else measured[metric] <= limit + 1e-9


def test_what_is_said_to_be_forced_always_holds() -> None:
    source, told = random.Random(3), 0
    for world, names in ((matrices(), ("precision", "recall", "f1_score", "accuracy", "false_positive_rate")),
                         (errors(), ("mae", "mse", "rmse"))):  # fmt: skip
        for _ in range(150):
            limits = {name: round(source.random(), 2) for name in names if source.random() < 0.7}
            for metric in limits:
                if forced(metric, limits) is None:
                    continue
                told += 1
                others = {name: limit for name, limit in limits.items() if name != metric}
                for measured in world:
                    if all(holds(measured, name, limit) for name, limit in others.items()):
                        assert holds(measured, metric, limits[metric]), (metric, limits, measured)
    assert told > 50


def test_the_bound_is_reached_so_nothing_stricter_is_told() -> None:
    assert forced("f1_score", {"precision": 0.9, "recall": 0.85, "f1_score": 0.875}) is None
    assert forced("accuracy", {"recall": 0.85, "false_positive_rate": 0.01, "accuracy": 0.86}) is None
    assert forced("mae", {"rmse": 0.1, "mae": 0.09}) is None


def test_two_gates_that_say_the_same_are_told_of_once() -> None:
    same = {"availability": 0.999, "error_rate": 0.001}
    assert forced("error_rate", same) is not None
    assert forced("availability", same) is None
    assert forced("availability", {"availability": 0.99, "error_rate": 0.001}) is not None


def test_an_f1_gate_and_one_of_its_parts_force_nothing() -> None:
    assert forced("recall", {"f1_score": 0.92, "recall": 0.85}) is None
    assert forced("f1_score", {"recall": 0.85, "f1_score": 0.1}) is None
