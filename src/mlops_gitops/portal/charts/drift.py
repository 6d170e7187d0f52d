"""How far a column moved, by both measures, each drawn in multiples of its own limit."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mlops_gitops.portal import numbers
from mlops_gitops.portal.drawing import at, bar, line, node, picture, share
from mlops_gitops.records.verdict import ColumnDrift
from mlops_gitops.spec.monitoring import DriftDetection

HEIGHT = 36
_LONGEST = 6.0


@dataclass(frozen=True, slots=True)
class DriftLimits:
    """From where a column may count as drifted: least D or V, and least PSI."""

    effect: float
    psi: float

    @classmethod
    def of(cls, rules: DriftDetection) -> DriftLimits:
        """The limits of a configuration."""
        return cls(rules.min_effect, rules.psi_threshold)


def measure(column: ColumnDrift) -> str:
    """``V`` of a category, ``D`` of numbers."""
    return "V" if column.kind == "category" else "D"


def multiples(column: ColumnDrift, limits: DriftLimits) -> tuple[float, float]:
    """D (or V) and PSI as multiples of their limits."""
    return column.statistic / limits.effect, max(0.0, column.psi) / limits.psi


def longest(columns: tuple[ColumnDrift, ...], limits: DriftLimits) -> float:
    """How many limits the picture is wide; longer bars are cut, and say so."""
    most = max((value for column in columns for value in multiples(column, limits)), default=1.0)
    return min(_LONGEST, max(2.0, 1.05 * most))


def drift_chart(column: ColumnDrift, limits: DriftLimits, width: float) -> Markup:
    """D or V above, PSI below; the dashed line is the limit of both."""
    effect, psi = multiples(column, limits)
    look = "warned" if column.drifted else "calm"
    words = (
        f"{column.name}: {measure(column)} {numbers.number(column.statistic)} of a limit {limits.effect:g}, "
        f"PSI {numbers.number(column.psi)} of a limit {limits.psi:g}: {'drifted' if column.drifted else 'not drifted'}"
    )
    at_limit = 100 / width
    return picture(
        words,
        HEIGHT,
        *_bar(effect, width, 4, f"{look} first"),
        *_bar(psi, width, 20, f"{look} second"),
        line(at_limit, 0, at_limit, HEIGHT, "limit dashed"),
    )


def limit_heading(width: float) -> Markup:
    """The axis above the bars."""
    where = 100 / width
    marks = [node("text", f"{times}×", x=share(times * where), y=14, text_anchor="middle", class_="tiny")
             for times in range(2, int(width)) if times % 2 == 0]  # fmt: skip
    return picture(
        "Scale in multiples of the limit",
        18,
        node("text", "limit", x=share(where), y=14, text_anchor="middle", class_="small strong"),
        *marks,
    )


def _bar(times: float, width: float, y: float, style: str) -> tuple[Markup, ...]:
    end = 100 * min(times, width) / width
    drawn = (bar(0, 100, y, 12, "rail"), bar(0, end, y, 12, style))
    return (
        (*drawn, at(98, y + 6, node("path", d="M-3-4l4 4l-4 4M2-4l4 4l-4 4", class_="cut"))) if times > width else drawn
    )
