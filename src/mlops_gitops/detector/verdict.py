"""The one word on a batch: PASSED, WARNING, FAILED or NOT ENOUGH DATA, how bad it is, and why, in sentences.

FAILED: a metric regressed (beyond the threshold in its bad direction, and significantly) or a gate is significantly
broken.  WARNING: drift, or a significant change for the worse short of the threshold.  NOT ENOUGH DATA: too few rows on
either side, or too few for the primary metric while nothing else is wrong.  PASSED: the rest; a gate that is missed,
but not significantly, is only mentioned.

Severity is high where FAILED comes from the primary metric or a metric moved by twice the threshold, medium for any
other FAILED, low for WARNING.  The primary metric is the project's `testing.primary_metric`; where it names none, F1
where the rarer class is under 20 % of the baseline, else accuracy.  Precision and recall count as primary with F1: it
is made of nothing else, and a fall of one that the other's rise hides in F1 is the failure that matters most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlops_gitops.detector.baseline import Baseline
from mlops_gitops.detector.confusion import Confusion
from mlops_gitops.detector.drift import find_drift
from mlops_gitops.detector.regression import BrokenGate, TooFewRows, broken_gates, compare_metrics, worsening
from mlops_gitops.detector.rules import Rules
from mlops_gitops.detector.wording import (
    drift_reason,
    few_reason,
    former_reason,
    gate_reason,
    prevalence_reason,
    regression_reason,
    unjudged_reason,
)
from mlops_gitops.records.verdict import (
    ColumnDrift,
    FormerComparison,
    MetricChange,
    Outcome,
    Verdict,
    VerdictSeverity,
)

RARE_CLASS = 0.20


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged."""

    project: str
    environment: str
    model_version: int
    model_digest: str


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """``rows`` current rows: feature columns by name, the scores if known, and the counts of those with a label."""

    rows: int
    columns: Mapping[str, Any]
    scores: Any | None = None
    confusion: Confusion | None = None


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the metrics said; empty where there are no labels."""

    changes: tuple[MetricChange, ...] = ()
    few: tuple[TooFewRows, ...] = ()
    gates: tuple[BrokenGate, ...] = ()


def primary_metrics(baseline: Confusion, named: str | None = None) -> frozenset[str]:
    """The primary metric, ``named`` or by the baseline, with the metrics that make it up."""
    positives = baseline.positives
    rarer = min(positives.successes, positives.trials - positives.successes)
    primary = named or ("f1_score" if rarer < RARE_CLASS * positives.trials else "accuracy")
    return frozenset({primary, "precision", "recall"} if primary == "f1_score" else {primary})


def judge(subject: Subject, baseline: Baseline, batch: Batch, rules: Rules) -> Verdict:
    """Judge current rows against the baseline of the model that scored them.

    Raises ``KeyError`` where a column of the baseline is not in the batch, ``ValueError`` where one holds the wrong
    kind of values.
    """
    least = rules.regression.min_samples
    if min(batch.rows, baseline.samples) < least:
        reason = f"{batch.rows} rows against {baseline.samples} in the baseline: {least} on either side are needed."
        return _verdict(subject, Outcome.NOT_ENOUGH_DATA, VerdictSeverity.NONE, batch, reasons=(reason,))
    columns = find_drift(baseline, batch.columns, batch.scores, rules.drift, rules.regression.statistical_significance)
    found = _judge_metrics(baseline.confusion, batch.confusion, rules)
    primary = primary_metrics(baseline.confusion, rules.primary)
    outcome = _outcome(found, columns, primary, judges_metrics=batch.confusion is not None)
    reasons = _reasons(found, columns, outcome, baseline, batch, rules)
    severity = _severity(found, outcome, primary, rules)
    return _verdict(subject, outcome, severity, batch, found.changes, columns, reasons)


def with_former(verdict: Verdict, former: FormerComparison) -> Verdict:
    """Add how the former version did on the same rows."""
    return with_reason(replace(verdict, former=former), former_reason(verdict.model_version, former))


def with_reason(verdict: Verdict, reason: str) -> Verdict:
    """Add one sentence."""
    return replace(verdict, reasons=(*verdict.reasons, reason))


def _judge_metrics(baseline: Confusion, current: Confusion | None, rules: Rules) -> _Findings:
    if current is None:
        return _Findings()
    changes, few = compare_metrics(baseline, current, rules.metrics, rules.regression)
    return _Findings(changes, few, broken_gates(current, rules.thresholds, rules.regression))


def _outcome(
    found: _Findings, columns: Sequence[ColumnDrift], primary: frozenset[str], *, judges_metrics: bool
) -> Outcome:
    if any(change.regressed for change in found.changes) or any(gate.significant for gate in found.gates):
        return Outcome.FAILED
    if any(column.drifted for column in columns) or any(_worse(change) for change in found.changes):
        return Outcome.WARNING
    if judges_metrics and (not found.changes or any(few.name in primary for few in found.few)):
        return Outcome.NOT_ENOUGH_DATA
    return Outcome.PASSED


def _severity(found: _Findings, outcome: Outcome, primary: frozenset[str], rules: Rules) -> VerdictSeverity:
    if outcome is not Outcome.FAILED:
        return VerdictSeverity.LOW if outcome is Outcome.WARNING else VerdictSeverity.NONE
    regressed = [change for change in found.changes if change.regressed]
    failed = {change.name for change in regressed} | {gate.name for gate in found.gates if gate.significant}
    twice = 2.0 * rules.regression.performance_threshold
    high = bool(failed & primary) or any(worsening(change) >= twice for change in regressed)
    return VerdictSeverity.HIGH if high else VerdictSeverity.MEDIUM


def _worse(change: MetricChange) -> bool:
    return change.significant and worsening(change) > 0


def _reasons(
    found: _Findings,
    columns: Sequence[ColumnDrift],
    outcome: Outcome,
    baseline: Baseline,
    batch: Batch,
    rules: Rules,
) -> tuple[str, ...]:
    """The sentences, worst first."""
    worse = sorted((change for change in found.changes if _worse(change)), key=lambda change: not change.regressed)
    reasons = [regression_reason(change, len(found.changes)) for change in worse]
    reasons += [gate_reason(gate) for gate in sorted(found.gates, key=lambda gate: not gate.significant)]
    drifted = [column for column in columns if column.drifted]
    if drifted:
        reasons.append(drift_reason(drifted, len(columns)))
    if batch.confusion is not None:
        if outcome is Outcome.FAILED:
            reasons += prevalence_reason(baseline.confusion.positives, batch.confusion.positives, rules.regression)
        reasons += [few_reason(few, rules.regression.min_samples) for few in found.few]
        reasons += [unjudged_reason(name) for name in rules.unjudged]
    return tuple(reasons)


def _verdict(
    subject: Subject,
    outcome: Outcome,
    severity: VerdictSeverity,
    batch: Batch,
    metrics: tuple[MetricChange, ...] = (),
    columns: tuple[ColumnDrift, ...] = (),
    reasons: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        project=subject.project,
        environment=subject.environment,
        model_version=subject.model_version,
        model_digest=subject.model_digest,
        outcome=outcome,
        severity=severity,
        rows=batch.rows,
        labelled_rows=batch.confusion.rows if batch.confusion else 0,
        metrics=metrics,
        columns=columns,
        reasons=reasons,
    )
