"""A verdict as panels: the word and its reasons, what each metric did, what each column did, the former version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Panel, Row, Table
from mlops_gitops.portal.charts import changes, drift
from mlops_gitops.portal.charts.shapes import shape_chart
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.records.verdict import ColumnDrift, FormerComparison, MetricChange, Outcome, Verdict

OUTCOME_MARKS = {
    Outcome.PASSED: Mark.MET,
    Outcome.WARNING: Mark.WARNED,
    Outcome.FAILED: Mark.MISSED,
    Outcome.NOT_ENOUGH_DATA: Mark.IDLE,
}
_WORDS = {Mark.MISSED: "regressed", Mark.WARNED: "worse", Mark.IDLE: "may be chance", Mark.MET: "held"}


def read_verdict(plain: Mapping[str, Any]) -> Verdict | None:
    """The verdict, or nothing where its record is damaged."""
    try:
        return Verdict.from_plain(dict(plain))
    except (KeyError, TypeError, ValueError):
        return None


def verdict_panels(verdict: Verdict, limits: drift.DriftLimits, shapes: tuple[Distribution, ...]) -> tuple[Panel, ...]:
    """All panels of a verdict, the word first."""
    shape_panel = (_shapes_panel(shapes),) if shapes else ()
    former = (_former_panel(verdict.former, verdict.model_version),) if verdict.former else ()
    return (
        _word_panel(verdict),
        _metrics_panel(verdict.metrics),
        *former,
        _drift_panel(verdict.columns, limits),
        *shape_panel,
    )


def verdict_line(verdict: Verdict) -> str:
    """Of what the verdict speaks, in one sentence."""
    return (
        f"{verdict.project} v{verdict.model_version} in {verdict.environment}: {verdict.rows:,} rows asked, "
        f"{verdict.labelled_rows:,} of them with a label."
    )


def _word_panel(verdict: Verdict) -> Panel:
    mark = OUTCOME_MARKS[verdict.outcome]
    title = verdict.outcome.value.lower()
    severity = "" if verdict.severity.value == "none" else f", severity {verdict.severity.value}"
    sentences = verdict.reasons or ("Nothing stands out.",)
    banner = (mark, f"{title}{severity}", verdict_line(verdict))
    return Panel("The verdict", banner=banner, sentences=sentences, wide=True)


def _metrics_panel(metrics: tuple[MetricChange, ...]) -> Panel:
    if not metrics:
        return Panel("Metrics", missing="No metric was judged: that needs labels, and enough of them.", wide=True)
    shared = changes.shared_scale(metrics)
    rows = tuple(_metric_row(change, changes.change_chart(change, shared, _mark(change))) for change in metrics)
    return Panel(
        "What each metric did",
        note="Metrics of which more is better share one scale; the others have one each.",
        legend=legends.CHANGES,
        rows=rows,
        table=_metric_table(metrics),
        wide=True,
    )


def _mark(change: MetricChange) -> Mark:
    worse = change.absolute < 0 if changes.higher_is_better(change.name) else change.absolute > 0
    if change.regressed:
        return Mark.MISSED
    if change.exceeds_threshold:
        return Mark.IDLE
    return Mark.WARNED if change.significant and worse else Mark.MET


def _metric_row(change: MetricChange, chart: Any) -> Row:
    word = _WORDS[_mark(change)]
    size = "" if change.relative is None else f"   {numbers.percent(change.relative, signed=True)}"
    moved = f"{numbers.number(change.baseline)} → {numbers.number(change.current)}{size}"
    chance = "beyond the limit, but it may be chance" if _mark(change) is Mark.IDLE else ""
    return Row(_mark(change), word, numbers.spoken(change.name), chart, moved, chance)


def _metric_table(metrics: tuple[MetricChange, ...]) -> Table:
    head = (
        "metric",
        "baseline",
        "now",
        "change",
        "95 % interval of the change",
        "p, corrected",
        "rows before",
        "rows now",
        "end",
    )
    rows = tuple(
        (
            change.name,
            numbers.number(change.baseline),
            numbers.number(change.current),
            numbers.signs(f"{change.absolute:+.4f}"),
            numbers.interval(change.low, change.high),
            numbers.p_value(change.p_value),
            f"{change.baseline_samples:,}",
            f"{change.current_samples:,}",
            _WORDS[_mark(change)],
        )
        for change in metrics
    )
    return Table("Every metric", head, rows, frozenset(range(1, 8)))


def _former_panel(former: FormerComparison, version: int) -> Panel:
    names = ((f"v{version}, which served", Mark.MISSED if former.former_is_better else Mark.IDLE),
             (f"v{former.version}, the former", Mark.MET if former.former_is_better else Mark.IDLE))  # fmt: skip
    charts = changes.former_charts(former, version)
    word = "better" if former.former_is_better else "not significantly better"
    return Panel(
        f"Both versions on the same rows: {numbers.spoken(former.metric)}",
        note=f"The former version is {word}: {numbers.p_value(former.p_value)} (McNemar, row by row).",
        rows=tuple(Row(mark, name, name, chart, "") for (name, mark), chart in zip(names, charts, strict=True)),
        wide=True,
    )


def _drift_panel(columns: tuple[ColumnDrift, ...], limits: drift.DriftLimits) -> Panel:
    if not columns:
        return Panel("Drift", missing="No column was compared with its baseline.", wide=True)
    width = drift.longest(columns, limits)
    ordered = sorted(
        columns, key=lambda column: (not column.drifted, -max(drift.multiples(column, limits)), column.name)
    )
    heading = Row(Mark.IDLE, "", "", drift.limit_heading(width), "")
    return Panel(
        f"Drift: {sum(column.drifted for column in columns)} of {len(columns)} columns",
        note="Bars in multiples of their limit. Drifted: over a limit, and surely so, corrected over all columns.",
        legend=legends.drift_keys(numbers.brief(limits.effect), numbers.brief(limits.psi)),
        rows=(heading, *(_drift_row(column, limits, width) for column in ordered)),
        table=_drift_table(ordered),
        wide=True,
    )


def _drift_row(column: ColumnDrift, limits: drift.DriftLimits, width: float) -> Row:
    mark, word = (Mark.WARNED, "drifted") if column.drifted else (Mark.MET, "stable")
    name = "score of the model" if column.kind == "score" else numbers.spoken(column.name)
    said = f"{drift.measure(column)} {numbers.number(column.statistic)}   PSI {numbers.number(column.psi)}"
    return Row(mark, word, name, drift.drift_chart(column, limits, width), said)


def _drift_table(columns: list[ColumnDrift]) -> Table:
    rows = tuple(
        (
            column.name,
            column.kind,
            f"{drift.measure(column)} {numbers.number(column.statistic)}",
            numbers.number(column.psi),
            numbers.p_value(column.p_value),
            column.effect,
            "drifted" if column.drifted else "stable",
        )
        for column in columns
    )
    return Table(
        "Every column",
        ("column", "kind", "distance", "PSI", "p, corrected", "effect", "end"),
        rows,
        frozenset({2, 3, 4}),
    )


def _shapes_panel(shapes: tuple[Distribution, ...]) -> Panel:
    return Panel(
        "The columns that moved most",
        note="Share of rows by value; rows without a value take no part.",
        legend=legends.SHAPES,
        figures=tuple(shape_chart(shape) for shape in shapes),
        captions=tuple(numbers.spoken(shape.name) for shape in shapes),
        wide=True,
    )
