"""A verdict as a person reads it: the word, metric by metric, column by column, the former version, the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.detector.wording import drift_reason, former_reason, regression_reason
from mlops_gitops.records.verdict import ColumnDrift, MetricChange, Verdict


def verdict_text(verdict: Verdict) -> str:
    """Aligned lines: each thing once; columns that did not drift are counted, not listed."""
    labelled = f", {verdict.labelled_rows:,} labelled" if verdict.labelled_rows else ""
    head = (
        f"{verdict.outcome.value}  {verdict.project} v{verdict.model_version} in {verdict.environment}: "
        f"{verdict.rows:,} rows{labelled} · severity {verdict.severity.value}"
    )
    return "\n".join([head, *_metrics(verdict.metrics), *_columns(verdict.columns), *_former(verdict), *_why(verdict)])


def _metrics(changes: tuple[MetricChange, ...]) -> Iterator[str]:
    width = max((len(change.name) for change in changes), default=0)
    for change in changes:
        in_share = change.relative is not None
        moved = f"{change.relative:+.1%}" if in_share else f"{change.absolute:+.4f}"
        limit = f"{change.threshold:.3g}" if not in_share else f"{change.threshold * 100:.3g} %"
        yield (
            f"  {change.name:{width}}  {change.baseline:.4f} → {change.current:.4f}  {moved:>7} (limit {limit})  "
            f"[{change.low:+.4f}, {change.high:+.4f}] at 95 %  {_word(change)}"
        ).rstrip()


def _word(change: MetricChange) -> str:
    if not change.significant:
        return ""
    p = "p < 0.001" if change.p_value < 0.001 else f"p = {change.p_value:.3f}"
    return f"{'regressed' if change.regressed else 'significant'}, {p} after correction"


def _columns(columns: tuple[ColumnDrift, ...]) -> Iterator[str]:
    drifted = [column for column in columns if column.drifted]
    width = max((len(column.name) for column in drifted), default=0)
    for column in drifted:
        name = "V" if column.kind == "category" else "D"
        numbers = f"{name} = {column.statistic:.4f}  PSI {column.psi:.3f}"
        yield f"  {column.name:{width}}  {numbers}  drifted: {column.effect} effect"
    if columns:
        yield f"  {len(drifted)} of {len(columns)} columns drifted"


def _former(verdict: Verdict) -> Iterator[str]:
    if verdict.former is not None:
        yield f"  {former_reason(verdict.model_version, verdict.former)}"


def _why(verdict: Verdict) -> Iterator[str]:
    """The reasons that no line above has told already."""
    told = {regression_reason(change, len(verdict.metrics)) for change in verdict.metrics}
    told.add(drift_reason([column for column in verdict.columns if column.drifted], len(verdict.columns)))
    if verdict.former is not None:
        told.add(former_reason(verdict.model_version, verdict.former))
    yield from (f"  · {reason}" for reason in verdict.reasons if reason not in told)
