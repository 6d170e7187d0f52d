"""The numbers that a training is judged by."""

import numpy as np
import pytest

from mlops_gitops.stages.fitting import late_improvement, naive_baseline


@pytest.mark.parametrize("metric", ["f1_score", "accuracy"])
@pytest.mark.parametrize(("trained", "share"), [(0.1, 0.1), (0.1, 0.2), (0.7, 0.6)])
def test_the_naive_baseline_is_what_guessing_reaches(metric, trained, share):
    random, rows = np.random.default_rng(0), 400_000
    labels = random.random(rows) < share

    def reached(guess):
        if metric == "accuracy":
            return np.mean(labels == guess)
        return 2 * np.sum(labels & guess) / (labels.sum() + guess.sum())

    stratified = reached(random.random(rows) < trained)
    majority = reached(np.full(rows, trained > 0.5))
    assert naive_baseline(trained, share, metric) == pytest.approx(max(stratified, majority), abs=0.005)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.45], 0.0),
        (list(np.linspace(1.0, 0.1, 10)), 0.5),  # still falling: 0.2 → 0.1 at the end
        ([0.5, 0.6, 0.7], 1.0),  # it never learned
    ],
)
def test_late_improvement(losses, expected):
    assert late_improvement(np.array(losses)) == pytest.approx(expected)
