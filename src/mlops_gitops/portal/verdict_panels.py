"""A verdict as panels: the word and its reasons, what each metric did, the former version, drift."""

from __future__ import annotations

from markupsafe import Markup

from mlops_gitops.portal import drift_panels, legends, numbers
from mlops_gitops.portal.blocks import Panel, Row, Table
from mlops_gitops.portal.charts import changes, drift
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.records.verdict import FormerComparison, MetricChange, Outcome, Verdict

OUTCOME_MARKS = {
    Outcome.PASSED: Mark.MET,
    Outcome.WARNING: Mark.WARNED,
    Outcome.FAILED: Mark.MISSED,
    Outcome.NOT_ENOUGH_DATA: Mark.IDLE,
}
_WORDS = {Mark.MISSED: "regressed", Mark.WARNED: "worse", Mark.IDLE: "may be chance", Mark.MET: "held"}


def verdict_panels(verdict: Verdict, limits: drift.DriftLimits, shapes: tuple[Distribution, ...]) -> tuple[Panel, ...]:
    """All panels of a verdict, the word first."""
    shape_panel = (drift_panels.shapes_panel(shapes),) if shapes else ()
    former = (_former_panel(verdict.former, verdict.model_version),) if verdict.former else ()
    return (
        _word_panel(verdict),
        _metrics_panel(verdict.metrics),
        *former,
        drift_panels.drift_panel(verdict.columns, limits),
        *shape_panel,
    )


def _word_panel(verdict: Verdict) -> Panel:
    mark = OUTCOME_MARKS[verdict.outcome]
    title = verdict.outcome.value.lower()
    severity = "" if verdict.severity.value == "none" else f", severity {verdict.severity.value}"
    sentences = verdict.reasons or ("Nothing stands out.",)
    banner = (mark, f"{title}{severity}", _subject(verdict))
    return Panel("The verdict", banner=banner, sentences=sentences, wide=True)


def _subject(verdict: Verdict) -> str:
    """Of what the verdict speaks, in one sentence."""
    return (
        f"{verdict.project} v{verdict.model_version} in {verdict.environment}: {verdict.rows:,} rows asked, "
        f"{verdict.labelled_rows:,} of them with a label."
    )


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


def _metric_row(change: MetricChange, chart: Markup) -> Row:
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
