"""A verdict as a person reads it: the word, metric by metric, column by column, the former version, the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.records.verdict import ColumnDrift, MetricChange, Verdict


def verdict_text(verdict: Verdict) -> str:
    """Aligned lines; columns that did not drift are counted, not listed."""
    labelled = f", {verdict.labelled_rows:,} labelled" if verdict.labelled_rows else ""
    head = (
        f"{verdict.outcome.value}  {verdict.project} v{verdict.model_version} in {verdict.environment}: "
        f"{verdict.rows:,} rows{labelled} · severity {verdict.severity.value}"
    )
    return "\n".join([head, *_metrics(verdict.metrics), *_columns(verdict.columns), *_former(verdict), *_why(verdict)])


def _metrics(changes: tuple[MetricChange, ...]) -> Iterator[str]:
    width = max((len(change.name) for change in changes), default=0)
    for change in changes:
        relative = f"{change.relative:+.1%}" if change.relative is not None else f"{change.absolute:+.4f}"
        word = "regressed" if change.regressed else ("significant" if change.significant else "")
        yield (
            f"  {change.name:{width}}  {change.baseline:.4f} → {change.current:.4f}  {relative:>7} "
            f"(limit {change.threshold:.0%})  [{change.low:+.4f}, {change.high:+.4f}] at 95 %  {word}"
        ).rstrip()


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
    former = verdict.former
    if former is not None:
        better = "better" if former.former_is_better else "not better"
        now, then = f"{former.current:.4f} with v{verdict.model_version}", f"{former.former:.4f} with v{former.version}"
        yield (
            f"  same rows: {former.metric} {now}, {then}: the former version is {better} "
            f"(McNemar p = {former.p_value:.2g})"
        )


def _why(verdict: Verdict) -> Iterator[str]:
    yield from (f"  · {reason}" for reason in verdict.reasons)
