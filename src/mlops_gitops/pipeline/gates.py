"""Judging: a measured number against a limit, in one direction; nothing is measured here."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.records.stage_result import GateResult, StageStatus

Interval = tuple[float, float]


def at_least(name: str, measured: float, limit: float, interval: Interval | None = None, unit: str = "") -> GateResult:
    """A gate that passes at or above its limit."""
    return _gate(name, measured, "≥", limit, measured >= limit, interval, unit)


def at_most(name: str, measured: float, limit: float, interval: Interval | None = None, unit: str = "") -> GateResult:
    """A gate that passes at or below its limit."""
    return _gate(name, measured, "≤", limit, measured <= limit, interval, unit)


def _gate(
    name: str, measured: float, sign: str, limit: float, passed: bool, interval: Interval | None, unit: str
) -> GateResult:
    # A value outside of floats (NaN) compares false on both sides and so fails, which is what is wanted.
    low, high = interval if interval is not None else (None, None)
    return GateResult(name, float(measured), sign, float(limit), bool(passed), low, high, unit)


def status_of(gates: Sequence[GateResult]) -> StageStatus:
    """Passed when every gate is."""
    return StageStatus.PASSED if all(gate.passed for gate in gates) else StageStatus.FAILED


def gate_text(gate: GateResult) -> str:
    """``f1_score 0.931 [0.921, 0.940] ≥ 0.92``; a failed gate shows the sign it should have had with ``not``."""
    unit = f" {gate.unit}" if gate.unit else ""
    interval = ""
    if gate.low is not None and gate.high is not None:
        interval = f" [{_number(gate.low)}, {_number(gate.high)}]"
    sign = gate.sign if gate.passed else f"not {gate.sign}"
    return f"{gate.name} {_number(gate.measured)}{interval} {sign} {gate.limit:g}{unit}"


def _number(value: float) -> str:
    if value == 0 or value.is_integer():
        return f"{value:g}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.2g}"
