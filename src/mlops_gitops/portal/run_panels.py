"""The other panels of a run: stages, decisions, training, features, fairness, tests, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Chip, Panel, Row, Table
from mlops_gitops.portal.charts.bars import limit_bar, spread_chart
from mlops_gitops.portal.charts.confusion import Counts, confusion_chart
from mlops_gitops.portal.charts.curves import loss_chart
from mlops_gitops.portal.charts.spans import span_charts
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.run_record import RunRecord, StageRecord, finite, items, mapping, text
from mlops_gitops.portal.run_record import numbers as finite_numbers

STATUS_MARKS = {"passed": Mark.MET, "failed": Mark.MISSED, "error": Mark.MISSED}


def stages_panel(run: RunRecord) -> Panel:
    """How long each stage took and what it said."""
    if not run.stages:
        return Panel("Stages", missing="No stage ended in this run.", wide=True)
    names = [stage.name for stage in run.stages]
    looks = ["kept" if stage.cached else "done" for stage in run.stages]
    charts = span_charts(names, [stage.duration_s for stage in run.stages], looks)
    rows = tuple(
        Row(
            STATUS_MARKS.get(stage.status, Mark.IDLE),
            stage.status,
            numbers.spoken(stage.name),
            chart,
            "kept from before" if stage.cached else numbers.seconds(stage.duration_s),
            remark=" · ".join(numbers.flowing(part) for part in (_said(stage), *stage.warnings) if part),
        )
        for stage, chart in zip(run.stages, charts, strict=True)
    )
    return Panel("Stages, one after the other", legend=legends.SPANS, rows=rows, wide=True)


def _said(stage: StageRecord) -> str:
    return stage.summary if stage.status == "passed" else stage.reason or stage.summary


def confusion_panel(run: RunRecord) -> Panel:
    """The confusion matrix of the test part."""
    counts = _counts(run)
    if counts is None:
        return Panel("Decisions on the test part", missing="The model's quality was not measured in this run.")
    training = run.stage("model_training")
    threshold = training.metrics.get("threshold") if training else None
    rows = counts.tp + counts.fp + counts.tn + counts.fn
    return Panel(
        "Decisions on the test part",
        note=f"{rows:,} rows that came after all training rows"
        + (f"; positive from a score of {numbers.number(threshold)} on." if threshold is not None else "."),
        legend=legends.CONFUSION,
        figures=(confusion_chart(counts),),
    )


def _counts(run: RunRecord) -> Counts | None:
    for case in _cases(run):
        found = finite_numbers(mapping(mapping(mapping(case, "finding"), "details"), "confusion"))
        if {"tp", "fp", "tn", "fn"} <= found.keys():
            return Counts(int(found["tp"]), int(found["fp"]), int(found["tn"]), int(found["fn"]))
    return None


def training_panel(run: RunRecord) -> Panel:
    """How the losses fell."""
    curve = [point for point in run.history if point.train is not None or point.validation is not None]
    if len(curve) < 2:
        return Panel("Training", missing="The model left no history of its losses, so how it learned cannot be drawn.")
    stage = run.stage("model_training")
    return Panel(
        "Training: loss by iteration",
        note=numbers.flowing(stage.summary) if stage else "",
        legend=legends.LOSSES,
        figures=(loss_chart(curve),),
    )


def features_panel(run: RunRecord) -> Panel:
    """What each feature tells of the label."""
    stage = run.stage("feature_engineering")
    importance = finite_numbers(mapping(stage.details, "importance")) if stage else {}
    if stage is None or not importance:
        return Panel("Features", missing="The features' importance was not measured in this run.")
    limit = next((gate.limit for gate in stage.gates if gate.name == "weakest_kept_importance"), None)
    kept = {str(name) for name in items(stage.details, "kept")}
    ordered = sorted(importance.items(), key=lambda pair: (-pair[1], pair[0]))
    return Panel(
        "Features: what each tells of the label",
        note="As a share of the strongest feature's; " + ("dashed: what a kept feature needs." if limit is not None else "all are kept."),
        rows=tuple(
            Row(
                Mark.MET if name in kept else Mark.IDLE,
                "kept" if name in kept else "left out",
                numbers.spoken(name),
                limit_bar(name, value, limit, "fill now" if name in kept else "fill idle"),
                numbers.number(value),
            )
            for name, value in ordered
        ),
    )  # fmt: skip


def fairness_panel(run: RunRecord) -> Panel:
    """How far groups of people lie apart."""
    stage = run.stage("model_testing")
    limits = {gate.name: gate for gate in stage.gates} if stage else {}
    rows: list[Row] = []
    numbers_of: list[tuple[str, ...]] = []
    for case in _cases(run):
        details = mapping(mapping(case, "finding"), "details")
        groups = {str(group): finite_numbers(mapping(mapping(details, "groups"), group)) for group in mapping(details, "groups")}
        attribute = text(details, "attribute")
        for measure in ("accuracy", "positive_rate"):
            gate = limits.get(f"{attribute}_{measure}_gap")
            values = {group: found[measure] for group, found in groups.items() if measure in found}
            if gate is not None and values:
                chart = spread_chart(f"{attribute}, {measure}", values, gate.limit)
                mark, word = (Mark.MET, "met") if gate.passed else (Mark.MISSED, "missed")
                said = f"gap {numbers.measured(gate)}   {numbers.limit(gate)}"
                rows.append(Row(mark, word, f"{numbers.spoken(attribute)}: {numbers.spoken(measure)}", chart, said))
        numbers_of += [
            (attribute, group, *(numbers.number(found[key]) if key in found else "–" for key in ("rows", "accuracy", "positive_rate")))
            for group, found in groups.items()
        ]
    if not rows:
        return Panel("Groups of people", missing="No groups were compared in this run.")
    table = Table("Every group", ("attribute", "group", "rows", "accuracy", "positive rate"), tuple(numbers_of), frozenset({2, 3, 4}))
    return Panel("Groups of people fare alike", legend=legends.SPREADS, rows=tuple(rows), table=table)


def cases_panel(run: RunRecord) -> Panel:
    """Every test case with its end."""
    cases = list(_cases(run))
    if not cases:
        return Panel("Tests", missing="No test case was carried out in this run.")
    ends = [(text(mapping(one, "case"), "id"), text(one, "status") or "unknown", one) for one in cases]
    passed = sum(status == "passed" for _, status, _ in ends)
    chips = tuple(Chip(STATUS_MARKS.get(status, Mark.IDLE), status, numbers.spoken(name), status) for name, status, _ in ends)
    rows = tuple(
        (
            name,
            text(mapping(one, "case"), "category"),
            text(mapping(one, "case"), "description"),
            status,
            numbers.seconds(finite(one, "duration_s") or 0.0),
            text(one, "reason") or "–",
        )
        for name, status, one in ends
    )
    table = Table("Every test case", ("case", "category", "what it asks", "end", "time", "remark"), rows, frozenset({4}))
    return Panel(f"Tests: {passed} of {len(cases)} pass", note=_worst(cases), chips=chips, table=table)


def _worst(cases: list[Mapping[str, Any]]) -> str:
    for case in cases:
        worst = mapping(mapping(mapping(case, "finding"), "details"), "worst_slice")
        f1, rows = finite(worst, "f1"), finite(worst, "rows")
        if f1 is not None and rows is not None:
            return f"Weakest part of the data: {text(worst, 'name')}, F1 {numbers.number(f1)} on {rows:,.0f} rows."
    return ""


def origin_panel(run: RunRecord) -> Panel:
    """What an auditor asks of the version that came out."""
    if not run.released:
        return Panel("Where it comes from", missing="This run registered no version.")
    told = (
        ("model package", "digest"), ("data", "data_digest"), ("code", "code_digest"),
        ("environment", "environment_digest"), ("configuration", "config_digest"), ("trained at commit", "trained_at_commit"),
        ("run", "run"),
    )  # fmt: skip
    rows = tuple((label, text(run.released, key)) for label, key in told if text(run.released, key))
    return Panel(
        "Where it comes from",
        note="The digests are taken over contents: the same bytes have the same digest on every machine.",
        table=Table(f"Version {run.released.get('version', '?')}", ("of", "digest or name"), rows),
    )


def _cases(run: RunRecord) -> Iterator[Mapping[str, Any]]:
    stage = run.stage("model_testing")
    for case in items(stage.details, "cases") if stage else ():
        if isinstance(case, Mapping):
            yield case
