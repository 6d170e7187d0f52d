"""A measured number with its interval against its limit, the good side shaded, on a scale of its own."""

from __future__ import annotations

import math

from markupsafe import Markup

from mlops_gitops.portal import numbers
from mlops_gitops.portal.drawing import Mark, Scale, at, bar, label, line, mark, node, picture
from mlops_gitops.records.stage_result import GateResult

HEIGHT = 50
_MIDDLE = 25


def gate_chart(gate: GateResult) -> Markup:
    """One gate; a number without a limit that can be drawn is still told in the picture's words."""
    told = (gate.measured, gate.limit, *(end for end in (gate.low, gate.high) if end is not None))
    is_share = gate.unit == "" and all(0 <= value <= 1 for value in told)
    scale = Scale.around(told, 0.0 if min(told) >= 0 else -math.inf, 1.0 if is_share else math.inf)
    words = f"{numbers.spoken(gate.name)} {numbers.measured(gate)}, limit {numbers.limit(gate)}: " + (
        "met" if gate.passed else "missed"
    )
    return picture(words, HEIGHT, *limit_line(scale, gate), *_interval(scale, gate), _point(scale, gate), *ends(scale))


def limit_line(scale: Scale, gate: GateResult) -> tuple[Markup, ...]:
    """The rail, the good side of the limit, the limit, and which way is better."""
    where, higher = scale.at(gate.limit), gate.sign == "≥"
    good = (where, 97.0) if higher else (3.0, where)
    # A flag on top of the limit, where no number can lie over it.
    flag = "M0 0h11m-4-3.5l4 3.5l-4 3.5" if higher else "M0 0h-11m4-3.5l-4 3.5l4 3.5"
    return (
        bar(3.0, 97.0, _MIDDLE - 7, 14, "rail"),
        bar(*good, _MIDDLE - 7, 14, "good"),
        line(where, _MIDDLE - 11, where, _MIDDLE + 11, "limit"),
        at(where, _MIDDLE - 11, node("path", d=flag, class_="arrow")),
        label(numbers.limit(gate), where, 7),
    )


def ends(scale: Scale, y: float = HEIGHT - 3) -> tuple[Markup, Markup]:
    """What the two ends of the scale stand for."""
    return (
        node("text", numbers.brief(scale.low), x="3%", y=y, class_="tiny"),
        node("text", numbers.brief(scale.high), x="97%", y=y, text_anchor="end", class_="tiny"),
    )


def whisker(scale: Scale, low: float, high: float, y: float = _MIDDLE) -> tuple[Markup, ...]:
    """A 95 % interval."""
    left, right = scale.at(low), scale.at(high)
    return (
        line(left, y, right, y, "whisker"),
        line(left, y - 4, left, y + 4, "whisker"),
        line(right, y - 4, right, y + 4, "whisker"),
    )


def _interval(scale: Scale, gate: GateResult) -> tuple[Markup, ...]:
    return () if gate.low is None or gate.high is None else whisker(scale, gate.low, gate.high)


def _point(scale: Scale, gate: GateResult) -> Markup:
    if not math.isfinite(gate.measured):
        return label("not a number", 50, _MIDDLE + 4)
    return mark(Mark.MET if gate.passed else Mark.MISSED, scale.at(gate.measured), _MIDDLE)
