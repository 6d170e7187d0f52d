"""Whether a metric got worse: two-proportion tests on counts, intervals of the change, the metric's own direction.

Every metric here is a share of rows or rises with one (see ``confusion``), so one pair of methods serves all: the
pooled two-proportion z test for "is there a change", and Newcombe's hybrid score interval for "how large is it".  The
standard error is that of a share, √(p(1 − p)/n); value/√n would call a change on 85 of 100 quiet days.  P-values are
corrected over the metrics by Holm's method: a false alarm rolls a release back, so even one is too many, and metrics
of the same rows depend on each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlops_gitops.detector.confusion import SHARES, Confusion, Share, link, share_at
from mlops_gitops.detector.correction import holm
from mlops_gitops.detector.distributions import binomial_at_most, normal_two_sided, wilson_interval
from mlops_gitops.records.verdict import MetricChange
from mlops_gitops.spec.metrics import METRICS, Direction
from mlops_gitops.spec.monitoring import RegressionDetection


@dataclass(frozen=True, slots=True)
class TooFewRows:
    """A metric that cannot be judged: rows that it is a share of, on both sides."""

    name: str
    baseline_samples: int
    current_samples: int


@dataclass(frozen=True, slots=True)
class BrokenGate:
    """A threshold that the current rows miss; ``significant``: not by chance, after correction over the gates."""

    name: str
    measured: float
    limit: float
    p_value: float
    significant: bool


def two_proportion_p(baseline: Share, current: Share) -> float:
    """Return the two-sided p-value of the pooled two-proportion z test; 1 where all rows agree."""
    pooled = (baseline.successes + current.successes) / (baseline.trials + current.trials)
    error = math.sqrt(pooled * (1.0 - pooled) * (1.0 / baseline.trials + 1.0 / current.trials))
    return normal_two_sided((current.value - baseline.value) / error) if error else 1.0


def change_interval(metric: str, baseline: Share, current: Share) -> tuple[float, float]:
    """Return the 95 % interval of current − baseline (Newcombe 1998, method 10).

    It combines the two Wilson intervals; for F1 they are carried over by its rising function first, which keeps each
    an interval of F1, and the combination holds for any two separate intervals (Zou and Donner 2008).
    """
    to_metric = link(metric)
    before, now = to_metric(baseline.value), to_metric(current.value)
    low_before, high_before = (to_metric(end) for end in wilson_interval(baseline.successes, baseline.trials))
    low_now, high_now = (to_metric(end) for end in wilson_interval(current.successes, current.trials))
    change = now - before
    return change - math.hypot(now - low_now, high_before - before), change + math.hypot(
        high_now - now, before - low_before
    )


def compare_metrics(
    baseline: Confusion, current: Confusion, names: Iterable[str], rules: RegressionDetection
) -> tuple[tuple[MetricChange, ...], tuple[TooFewRows, ...]]:
    """Compare the named metrics (those of ``SHARES``); the second part lists what has too few rows to be judged."""
    pairs = {name: (SHARES[name](baseline), SHARES[name](current)) for name in names}
    judged = {
        name: (before, now)
        for name, (before, now) in pairs.items()
        if min(before.trials, now.trials) >= rules.min_samples
    }
    corrected = holm([two_proportion_p(before, now) for before, now in judged.values()])
    changes = tuple(
        _change(name, before, now, p, rules) for (name, (before, now)), p in zip(judged.items(), corrected, strict=True)
    )
    few = [TooFewRows(name, *(share.trials for share in pair)) for name, pair in pairs.items() if name not in judged]
    return changes, tuple(few)


def worsening(change: MetricChange) -> float:
    """How far a metric moved in its bad direction: relative to its baseline, absolute where that is 0."""
    amount = change.absolute if change.relative is None else change.relative
    return -amount if METRICS[change.name].direction is Direction.HIGHER else amount


def broken_gates(
    current: Confusion, thresholds: Mapping[str, float], rules: RegressionDetection
) -> tuple[BrokenGate, ...]:
    """Return the gates that the current rows miss, by a one-sided exact binomial test each, corrected together."""
    shares = {name: SHARES[name](current) for name in thresholds if name in SHARES}
    shares = {name: share for name, share in shares.items() if share.trials >= rules.min_samples}
    corrected = holm([_gate_p(name, share, thresholds[name]) for name, share in shares.items()])
    gates = (
        BrokenGate(name, link(name)(share.value), thresholds[name], p, p < rules.statistical_significance)
        for (name, share), p in zip(shares.items(), corrected, strict=True)
    )
    return tuple(gate for gate in gates if not METRICS[gate.name].passes(gate.measured, gate.limit))


def _gate_p(name: str, share: Share, limit: float) -> float:
    """Chance of a result this bad if the metric stood just at its limit."""
    at_limit = share_at(name, limit)
    if METRICS[name].direction is Direction.HIGHER:
        return binomial_at_most(share.successes, share.trials, at_limit)
    return binomial_at_most(share.trials - share.successes, share.trials, 1.0 - at_limit)


def _change(name: str, baseline: Share, current: Share, p: float, rules: RegressionDetection) -> MetricChange:
    before, now = link(name)(baseline.value), link(name)(current.value)
    low, high = change_interval(name, baseline, current)
    worse = before - now if METRICS[name].direction is Direction.HIGHER else now - before
    exceeds = worse > 0 and worse >= rules.performance_threshold * (before or 1.0)
    significant = p < rules.statistical_significance
    return MetricChange(
        name=name,
        baseline=before,
        current=now,
        absolute=now - before,
        relative=(now - before) / before if before else None,
        low=low,
        high=high,
        p_value=p,
        threshold=rules.performance_threshold,
        exceeds_threshold=exceeds,
        significant=significant,
        regressed=exceeds and significant,
        test="two-proportion z" if name != "f1_score" else "two-proportion z on TP / (TP + FP + FN)",
        baseline_samples=baseline.trials,
        current_samples=current.trials,
    )
