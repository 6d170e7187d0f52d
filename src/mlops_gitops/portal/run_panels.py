"""What a run did: its stages, the decisions of its model, how that learned, and where it comes from."""

from __future__ import annotations

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Panel, Row, Table
from mlops_gitops.portal.charts.confusion import Counts, confusion_chart
from mlops_gitops.portal.charts.curves import loss_chart
from mlops_gitops.portal.charts.spans import span_charts
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.run_record import RunRecord, StageRecord, cases_of, mapping, text
from mlops_gitops.portal.run_record import numbers as finite_numbers

_MARKS = {"passed": Mark.MET, "failed": Mark.MISSED, "error": Mark.MISSED}


def stages_panel(run: RunRecord) -> Panel:
    """How long each stage took and what it said."""
    if not run.stages:
        return Panel("Stages", missing="No stage ended in this run.", wide=True)
    names = [stage.name for stage in run.stages]
    looks = ["kept" if stage.cached else "done" for stage in run.stages]
    charts = span_charts(names, [stage.duration_s for stage in run.stages], looks)
    rows = tuple(
        Row(
            _MARKS.get(stage.status, Mark.IDLE),
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
        note=f"{rows:,} rows kept out of the training"
        + (f"; positive from a score of {numbers.number(threshold)} on." if threshold is not None else "."),
        legend=legends.CONFUSION,
        figures=(confusion_chart(counts),),
    )


def _counts(run: RunRecord) -> Counts | None:
    for case in cases_of(run):
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


def origin_panel(run: RunRecord) -> Panel:
    """What an auditor asks of the version that came out."""
    if not run.released:
        return Panel("Where it comes from", missing="This run registered no version.")
    told = (
        ("model package", "digest"),
        ("data", "data_digest"),
        ("code", "code_digest"),
        ("environment", "environment_digest"),
        ("configuration", "config_digest"),
        ("trained at commit", "trained_at_commit"),
        ("run", "run"),
    )
    rows = tuple((label, text(run.released, key)) for label, key in told if text(run.released, key))
    return Panel(
        "Where it comes from",
        note="The digests are taken over contents: the same bytes have the same digest on every machine.",
        table=Table(f"Version {run.released.get('version', '?')}", ("of", "digest or name"), rows),
        wide=True,
    )
