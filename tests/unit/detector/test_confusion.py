"""Counts and the shares behind the metrics."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from mlops_gitops.detector.confusion import SHARES, Confusion, link, share_at
from tests.oracle import naive_statistics as naive


def rows(count=400):
    random = np.random.default_rng(4)
    labels = random.random(count) < 0.2
    return labels, np.where(random.random(count) < 0.1, ~labels, labels)


def test_counts_equal_the_row_by_row_ones():
    labels, decisions = rows()
    expected = naive.confusion(labels.astype(int).tolist(), decisions.astype(int).tolist())
    assert Confusion.of(labels, decisions.astype(np.int64)) == Confusion(*expected)


def test_metrics_equal_sklearns():
    labels, decisions = rows()
    metrics = Confusion.of(labels, decisions).metrics
    assert metrics["accuracy"] == pytest.approx(accuracy_score(labels, decisions))
    assert metrics["precision"] == pytest.approx(precision_score(labels, decisions))
    assert metrics["recall"] == pytest.approx(recall_score(labels, decisions))
    assert metrics["f1_score"] == pytest.approx(f1_score(labels, decisions))
    assert metrics["false_positive_rate"] == pytest.approx((decisions & ~labels).sum() / (~labels).sum())


def test_a_metric_without_a_trial_is_left_out():
    assert set(Confusion(0, 0, 10, 0).metrics) == {"accuracy", "false_positive_rate"}
    assert Confusion(0, 0, 0, 5).metrics == {"accuracy": 0.0, "recall": 0.0, "f1_score": 0.0}


def test_share_at_undoes_link():
    for name in SHARES:
        for value in (0.0, 0.3, 0.92, 1.0):
            assert link(name)(share_at(name, value)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("labels", "decisions"), [([0, 1], [0, 1, 1]), ([0, 2], [0, 1]), (["0", "1"], [0, 1]), ([0, np.nan], [0, 1])]
)
def test_what_is_no_flag_is_refused(labels, decisions):
    with pytest.raises(ValueError, match=r"must be 0 or 1|labels for"):
        Confusion.of(np.array(labels), np.array(decisions))


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        Confusion(1, -1, 0, 0)
