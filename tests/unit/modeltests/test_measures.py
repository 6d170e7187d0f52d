"""Metrics and intervals against scikit-learn, scipy and slow, obvious versions."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as oracle

from mlops_gitops.modeltests.confusion import Confusion, best_threshold, score_metrics
from mlops_gitops.modeltests.intervals import f1_interval, wilson


def data(seed, rows=400, ties=False):
    random = np.random.default_rng(seed)
    labels = random.random(rows) < 0.2
    scores = np.clip(0.3 * labels + random.random(rows) * 0.6, 0, 1)
    return labels, np.round(scores, 1) if ties else scores


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_metrics_equal_scikit_learn(seed, ties):
    labels, scores = data(seed, ties=ties)
    predicted = scores >= 0.5
    found = Confusion.of(labels, predicted).metrics() | score_metrics(labels, scores)
    expected = {
        "accuracy": oracle.accuracy_score(labels, predicted),
        "precision": oracle.precision_score(labels, predicted),
        "recall": oracle.recall_score(labels, predicted),
        "f1_score": oracle.f1_score(labels, predicted),
        "roc_auc": oracle.roc_auc_score(labels, scores),
        "pr_auc": oracle.average_precision_score(labels, scores),
        "log_loss": oracle.log_loss(labels, scores),
        "mae": oracle.mean_absolute_error(labels, scores),
        "mse": oracle.mean_squared_error(labels, scores),
        "rmse": oracle.root_mean_squared_error(labels, scores),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert found["false_positive_rate"] == np.mean(predicted[~labels])


def test_nothing_predicted_positive_gives_zero_and_no_nan():
    found = Confusion.of(np.array([True, False]), np.array([False, False])).metrics()
    assert found == {"accuracy": 0.5, "precision": 0, "recall": 0, "false_positive_rate": 0, "f1_score": 0}


def test_one_class_only_cannot_be_measured():
    with pytest.raises(ValueError, match="one class"):
        score_metrics(np.zeros(5, dtype=bool), np.full(5, 0.1))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_threshold_is_found(seed, ties):
    labels, scores = data(seed, rows=60, ties=ties)
    tried = [Confusion.of(labels, scores >= cut).f1 for cut in np.unique(scores)]
    assert Confusion.of(labels, scores >= best_threshold(labels, scores)).f1 == max(tried)


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (3, 7), (940, 1000)])
def test_wilson_equals_scipy(successes, trials):
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_without_trials_knows_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_f1_interval_is_seeded_and_covers_the_truth_as_often_as_it_says():
    counts = Confusion(90, 10, 890, 10)
    assert f1_interval(counts, 1) == f1_interval(counts, 1)
    random, covered = np.random.default_rng(0), 0
    for seed in range(200):
        drawn = Confusion(*(int(n) for n in random.multinomial(1000, [0.09, 0.01, 0.89, 0.01])))
        low, high = f1_interval(drawn, seed)
        covered += low <= 0.9 <= high
    assert 178 <= covered <= 199  # 95 % of 200, with room for four standard errors
