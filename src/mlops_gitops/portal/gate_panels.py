"""Gates of a run: numbers drawn against their limits, plain yes-or-no checks as chips."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Chip, Panel, Row, Table
from mlops_gitops.portal.charts.gates import gate_chart
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.run_record import RunRecord
from mlops_gitops.records.stage_result import GateResult

_HEAD = ("stage", "gate", "measured", "95 % interval", "limit", "margin", "end")


def gates_panel(run: RunRecord) -> Panel:
    """All gates of a run, those with an interval first: they rest on the most evidence."""
    gates = [(stage.name, gate) for stage in run.stages for gate in stage.gates]
    if not gates:
        return Panel("Gates", missing="No gate was judged in this run.", wide=True)
    drawn = [gate for _, gate in gates if not _is_check(gate)]
    return Panel(
        "Gates",
        note="Each on a scale of its own; the arrow points to the better side. "
        "Numbers without a unit are ratios or counts.",
        legend=legends.GATES,
        rows=tuple(_row(gate) for gate in sorted(drawn, key=lambda gate: (gate.passed, gate.low is None))),
        chips=tuple(_chip(stage, gate) for stage, gate in gates if _is_check(gate)),
        table=_table(gates),
        wide=True,
    )


def _is_check(gate: GateResult) -> bool:
    """A count or a yes-or-no against 0 or 1: there is no distance worth drawing."""
    near_zero = abs(gate.limit) < 1e-9
    return gate.low is None and (near_zero or gate.limit == 1) and float(gate.measured).is_integer()


def _row(gate: GateResult) -> Row:
    mark, word = (Mark.MET, "met") if gate.passed else (Mark.MISSED, "missed")
    said = f"{numbers.measured(gate)}   {numbers.limit(gate)}"
    return Row(mark, word, numbers.spoken(gate.name), gate_chart(gate), said, _doubt(gate))


def _doubt(gate: GateResult) -> str:
    """Where the interval holds the limit, the other end was possible too."""
    if gate.low is None or gate.high is None or not gate.low < gate.limit < gate.high:
        return ""
    return f"close: the interval reaches {'below' if gate.measured >= gate.limit else 'above'} the limit"


def _chip(stage: str, gate: GateResult) -> Chip:
    mark, word = (Mark.MET, "met") if gate.passed else (Mark.MISSED, "missed")
    text = f"{numbers.number(gate.measured)} {numbers.limit(gate)}"
    return Chip(mark, word, f"{numbers.spoken(stage)}: {numbers.spoken(gate.name)}", text)


def _table(gates: Sequence[tuple[str, GateResult]]) -> Table:
    rows = tuple(
        (
            stage,
            gate.name,
            " ".join((numbers.number(gate.measured), gate.unit)).strip(),
            numbers.interval(gate.low, gate.high) or "–",
            numbers.limit(gate),
            numbers.number(gate.measured - gate.limit if gate.sign == "≥" else gate.limit - gate.measured),
            "met" if gate.passed else "missed",
        )
        for stage, gate in gates
    )
    return Table(f"{len(rows)} gates in the order in which they were judged", _HEAD, rows, frozenset({2, 3, 4, 5}))
