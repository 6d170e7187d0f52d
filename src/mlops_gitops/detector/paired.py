"""Two versions on the same rows: McNemar's test on the rows where exactly one of them is right.

Rows that both get right, or both wrong, say nothing about which is better, and a test that treats the two results as
separate samples throws that knowledge away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.confusion import as_flags
from mlops_gitops.detector.distributions import binomial_at_most, binomial_probability
from mlops_gitops.records.verdict import FormerComparison


def mcnemar_p(only_first: int, only_second: int, *, mid_p: bool = True) -> float:
    """Return McNemar's two-sided p-value from the two counts of rows that only one version gets right.

    The exact conditional test, or its mid-p version: nearer to the stated level, and hardly ever above it (Fagerland,
    Lydersen and Laake 2013).
    """
    rows, fewer = only_first + only_second, min(only_first, only_second)
    if rows == 0:
        return 1.0
    exact = min(1.0, 2.0 * binomial_at_most(fewer, rows, 0.5))
    if not mid_p:
        return exact
    point = binomial_probability(fewer, rows, 0.5)
    # At a tie both tails hold the same middle point.
    return exact - point / 2.0 if only_first == only_second else exact - point


def paired_metric(worse: Iterable[str]) -> str:
    """The metric to compare two versions by, given the metrics that got worse: one that is paired row by row."""
    names = set(worse)
    if "recall" in names or not names:
        return "recall"
    if names <= {"false_positive_rate", "precision"}:
        return "false_positive_rate"
    return "accuracy"


def compare_former(
    metric: str,
    labels: NDArray[Any],
    current: NDArray[Any],
    former: NDArray[Any],
    *,
    former_version: int,
    significance: float,
) -> FormerComparison | None:
    """Compare decisions of both versions (0/1, shape (rows,)) on the rows that ``metric`` is about.

    Recall looks at the positives, the false-positive rate at the negatives, accuracy at all rows.  Nothing is returned
    where there is no such row.
    """
    truth = as_flags("labels", labels)
    rows = {"recall": truth, "false_positive_rate": ~truth, "accuracy": np.ones_like(truth)}[metric]
    if not rows.any():
        return None
    right = as_flags("decisions", current)[rows] == truth[rows]
    former_right = as_flags("former decisions", former)[rows] == truth[rows]
    p = mcnemar_p(int(np.count_nonzero(right & ~former_right)), int(np.count_nonzero(former_right & ~right)))
    better = p < significance and np.count_nonzero(former_right) > np.count_nonzero(right)
    shares = float(right.mean()), float(former_right.mean())
    if metric == "false_positive_rate":
        shares = 1.0 - shares[0], 1.0 - shares[1]
    return FormerComparison(former_version, metric, *shares, p_value=p, former_is_better=bool(better))
