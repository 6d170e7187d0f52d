"""The reasons of a verdict as sentences: what was measured, against which limit, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.detector.confusion import Share
from mlops_gitops.detector.regression import BrokenGate, TooFewRows, two_proportion_p
from mlops_gitops.records.verdict import ColumnDrift, FormerComparison, MetricChange
from mlops_gitops.spec.metrics import METRICS
from mlops_gitops.spec.monitoring import RegressionDetection

_SHOWN = 5


def regression_reason(change: MetricChange, metrics: int) -> str:
    """``recall fell from 0.910 to 0.844 (−7.3 %, limit 3 %), p < 0.001 after correction over 5 metrics.``"""
    moved = "fell" if change.absolute < 0 else "rose"
    if change.relative is None:
        size, limit = f"{change.absolute:+.4f}", f"{change.threshold:g}"
    else:
        size, limit = f"{change.relative:+.1%}".replace("%", " %"), f"{change.threshold * 100:g} %"
    kind = "limit" if change.exceeds_threshold else "within the limit of"
    over = f"after correction over {metrics} metrics" if metrics > 1 else "uncorrected"
    before, now = _pair(change.baseline, change.current)
    return (
        f"{change.name} {moved} from {before} to {now} ({_signed(size)}, {kind} {limit}), {_p(change.p_value)} {over}."
    )


def gate_reason(gate: BrokenGate) -> str:
    """A gate that is missed: surely, or perhaps by chance."""
    measured, _ = _pair(gate.measured, gate.limit)
    miss = f"{gate.name} {measured} misses its gate {METRICS[gate.name].sign} {gate.limit:g}"
    return f"{miss}, {_p(gate.p_value)}." if gate.significant else f"{miss}, which may be chance: {_p(gate.p_value)}."


def drift_reason(drifted: Sequence[ColumnDrift], columns: int) -> str:
    """``3 of 14 columns drifted: amount (D 0.21, PSI 0.31, medium), …``"""
    order = sorted(drifted, key=lambda column: -max(column.statistic, column.psi))
    shown = ", ".join(
        f"{column.name} ({'V' if column.kind == 'category' else 'D'} {column.statistic:.2f}, PSI {column.psi:.2f}, "
        f"{column.effect})"
        for column in order[:_SHOWN]
    )
    more = f" and {len(order) - _SHOWN} more" if len(order) > _SHOWN else ""
    return f"{len(order)} of {columns} columns drifted: {shown}{more}."


def prevalence_reason(baseline: Share, current: Share, rules: RegressionDetection) -> Iterator[str]:
    """Say where the share of positives itself moved: precision, F1 and accuracy move with it, recall does not."""
    p = two_proportion_p(baseline, current)
    if p < rules.statistical_significance and abs(current.value - baseline.value) > 0.2 * baseline.value:
        before, now = _pair(baseline.value, current.value)
        yield (
            f"Positives are {now} of the labelled rows, {before} in the baseline "
            f"({_p(p)}): precision, F1 and accuracy move with that share, recall and false-positive rate do not."
        )


def few_reason(few: TooFewRows, least: int) -> str:
    """A metric that has too few rows."""
    return (
        f"{few.name} cannot be judged: it rests on {few.current_samples} rows, on {few.baseline_samples} in the "
        f"baseline, and needs {least}."
    )


def unjudged_reason(name: str) -> str:
    """A metric that counts do not answer."""
    return f"{name} is not judged: decisions and labels alone do not answer it."


def former_reason(version: int, former: FormerComparison) -> str:
    """How the former version did on the same rows."""
    leads = METRICS[former.metric].passes(former.former, former.current) and former.former != former.current
    word = "better" if former.former_is_better else "not significantly better" if leads else "no better"
    now, before = _pair(former.current, former.former)
    return (
        f"Version {former.version} is {word} on the same rows: {former.metric} {before} against {now} of version "
        f"{version}, {_p(former.p_value)} (McNemar)."
    )


def _pair(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as many decimals, from three to six, as show their difference and two digits of each."""
    finest = min((size for size in (one, other, 5 * abs(one - other)) if size > 0), default=1.0)
    decimals = next((places for places in range(3, 6) if finest >= 10.0 ** (1 - places)), 6)
    return f"{one:.{decimals}f}", f"{other:.{decimals}f}"


def _p(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _signed(text: str) -> str:
    return text.replace("-", "−")
