"""Drift as panels: how far each column moved against its limits, and the shapes of those that moved most."""

from __future__ import annotations

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Panel, Row, Table
from mlops_gitops.portal.charts import drift
from mlops_gitops.portal.charts.shapes import shape_chart
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.records.verdict import ColumnDrift


def drift_panel(columns: tuple[ColumnDrift, ...], limits: drift.DriftLimits) -> Panel:
    """All columns, those that drifted first."""
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


def shapes_panel(shapes: tuple[Distribution, ...]) -> Panel:
    """Small pictures side by side."""
    return Panel(
        "The columns that moved most",
        note="Share of rows by value; rows without a value take no part.",
        legend=legends.SHAPES,
        figures=tuple(shape_chart(shape) for shape in shapes),
        captions=tuple(numbers.spoken(shape.name) for shape in shapes),
        wide=True,
    )
