"""What else speaks for a version: its test cases, its features, and how groups of people fare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Chip, Panel, Row, Table
from mlops_gitops.portal.charts.bars import limit_bar, spread_chart
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.run_record import RunRecord, cases_of, finite, items, mapping, text
from mlops_gitops.portal.run_record import numbers as finite_numbers
from mlops_gitops.records.stage_result import GateResult

_MARKS = {"passed": Mark.MET, "failed": Mark.MISSED, "error": Mark.MISSED}
_CASE_HEAD = ("case", "category", "what it asks", "end", "time", "remark")
_GROUP_HEAD = ("attribute", "group", "rows", "accuracy", "positive rate")

Groups = Mapping[str, Mapping[str, float]]


def cases_panel(run: RunRecord) -> Panel:
    """Every test case with its end."""
    cases = cases_of(run)
    if not cases:
        return Panel("Tests", missing="No test case was carried out in this run.")
    ends = [(text(mapping(one, "case"), "id"), text(one, "status") or "unknown") for one in cases]
    passed = sum(status == "passed" for _, status in ends)
    return Panel(
        f"Tests: {passed} of {len(cases)} pass",
        note=_worst(cases),
        chips=tuple(Chip(_MARKS.get(status, Mark.IDLE), status, numbers.spoken(name), status) for name, status in ends),
        table=Table("Every test case", _CASE_HEAD, tuple(_case_cells(one) for one in cases), frozenset({4})),
    )


def _case_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    case = mapping(one, "case")
    return (
        text(case, "id"),
        text(case, "category"),
        text(case, "description"),
        text(one, "status") or "unknown",
        numbers.seconds(finite(one, "duration_s") or 0.0),
        text(one, "reason") or "–",
    )


def _worst(cases: Sequence[Mapping[str, Any]]) -> str:
    for case in cases:
        worst = mapping(mapping(mapping(case, "finding"), "details"), "worst_slice")
        f1, rows = finite(worst, "f1"), finite(worst, "rows")
        if f1 is not None and rows is not None:
            return f"Weakest part of the data: {text(worst, 'name')}, F1 {numbers.number(f1)} on {rows:,.0f} rows."
    return ""


def features_panel(run: RunRecord) -> Panel:
    """What each feature tells of the label."""
    stage = run.stage("feature_engineering")
    importance = finite_numbers(mapping(stage.details, "importance")) if stage else {}
    if stage is None or not importance:
        return Panel("Features", missing="The features' importance was not measured in this run.")
    limit = next((gate.limit for gate in stage.gates if gate.name == "weakest_kept_importance"), None)
    kept = {str(name) for name in items(stage.details, "kept")}
    ordered = sorted(importance.items(), key=lambda pair: (-pair[1], pair[0]))
    needs = "all are kept." if limit is None else f"a kept feature needs more than {numbers.brief(limit)} (dashed)."
    return Panel(
        "Features: what each tells of the label",
        note=f"As a share of what the strongest tells; {needs}",
        rows=tuple(_feature_row(name, value, limit, kept=name in kept) for name, value in ordered),
        wide=True,
    )


def _feature_row(name: str, value: float, limit: float | None, *, kept: bool) -> Row:
    mark, word, look = (Mark.MET, "kept", "fill now") if kept else (Mark.IDLE, "left out", "fill idle")
    said = numbers.number(value) if kept else f"left out   {numbers.number(value)}"
    return Row(mark, word, numbers.spoken(name), limit_bar(name, value, limit, look), said)


def fairness_panel(run: RunRecord) -> Panel:
    """How far groups of people lie apart."""
    stage = run.stage("model_testing")
    gates = {gate.name: gate for gate in stage.gates} if stage else {}
    compared = [pair for case in cases_of(run) if (pair := _groups(case))[1]]
    rows = tuple(row for attribute, groups in compared for row in _gap_rows(attribute, groups, gates))
    if not rows:
        return Panel("Groups of people", missing="No groups were compared in this run.")
    cells = tuple(row for attribute, groups in compared for row in _group_cells(attribute, groups))
    table = Table("Every group", _GROUP_HEAD, cells, frozenset({2, 3, 4}))
    return Panel("Groups of people, side by side", legend=legends.SPREADS, rows=rows, table=table)


def _groups(case: Mapping[str, Any]) -> tuple[str, Groups]:
    details = mapping(mapping(case, "finding"), "details")
    groups = mapping(details, "groups")
    return text(details, "attribute"), {str(group): finite_numbers(mapping(groups, group)) for group in groups}


def _gap_rows(attribute: str, groups: Groups, gates: Mapping[str, GateResult]) -> Iterator[Row]:
    for measure in ("accuracy", "positive_rate"):
        gate = gates.get(f"{attribute}_{measure}_gap")
        values = {group: found[measure] for group, found in groups.items() if measure in found}
        if gate is not None and values:
            chart = spread_chart(f"{attribute}, {measure}", values, gate.limit)
            mark, word = (Mark.MET, "met") if gate.passed else (Mark.MISSED, "missed")
            said = f"gap {numbers.measured(gate)}   {numbers.limit(gate)}"
            yield Row(mark, word, f"{numbers.spoken(attribute)}: {numbers.spoken(measure)}", chart, said)


def _group_cells(attribute: str, groups: Groups) -> Iterator[tuple[str, ...]]:
    for group, found in groups.items():
        measured = (
            numbers.number(found[key]) if key in found else "–" for key in ("rows", "accuracy", "positive_rate")
        )
        yield (attribute, group, *measured)
