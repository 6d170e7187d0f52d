"""The strokes that every picture is made of: escaped SVG elements, marks with a meaning, and a scale.

A mark says how something went, by shape and by colour: a disc with a tick, a square with a cross, a triangle, a ring.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from markupsafe import Markup, escape


class Mark(Enum):
    """What a mark means; the value is its class in the stylesheet."""

    MET = "met"
    MISSED = "missed"
    WARNED = "warned"
    IDLE = "idle"


_OUTLINES = {
    Mark.MET: ("M0-7.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15z", "M-3.4.2l2.4 2.5l4.4-5"),
    Mark.MISSED: ("M-6.5-6.5h13v13h-13z", "M-3-3l6 6M3-3l-6 6"),
    Mark.WARNED: ("M0-8l8 14.5h-16z", "M0-3.4v4.6M0 3.6v.6"),
    Mark.IDLE: ("M0-7a7 7 0 1 1 0 14a7 7 0 1 1 0-14z", "M-3 0h6"),
}


def node(tag: str, *children: object, **attributes: object) -> Markup:
    """An element; children and values are escaped, ``None`` leaves an attribute out, ``_`` in a name becomes ``-``."""
    written = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _plain(value))
        for name, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{tag}{written}>{inside}</{tag}>").format(tag=tag, written=written, inside=inside)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def picture(label: str, height: float, *children: object) -> Markup:
    """A whole picture, as wide as its place; ``label`` says in words what it shows."""
    return node(
        "svg", node("title", label), *children,
        class_="chart", role="img", aria_label=label, width="100%", height=height,
    )  # fmt: skip


def at(percent: float, y: float, *children: object) -> Markup:
    """Children drawn around a point."""
    return node("svg", *children, x=share(percent), y=y, overflow="visible", class_="at")


def mark(which: Mark, percent: float, y: float) -> Markup:
    """A mark inside a picture."""
    return at(percent, y, *_strokes(which))


def icon(which: Mark, word: str) -> Markup:
    """A mark among words; ``word`` is what a screen reader says."""
    return node(
        "svg", *_strokes(which), class_="icon", role="img", aria_label=word,
        viewBox="-9 -9 18 18", width=16, height=16,
    )  # fmt: skip


def _strokes(which: Mark) -> tuple[Markup, Markup]:
    outline, sign = _OUTLINES[which]
    return node("path", d=outline, class_=f"mark {which.value}"), node("path", d=sign, class_="sign")


def label(text: str, percent: float, y: float, style: str = "small") -> Markup:
    """Words at a place; near an edge they run inwards."""
    anchor = "start" if percent < 18 else "end" if percent > 82 else "middle"
    return node("text", text, x=share(percent), y=y, text_anchor=anchor, class_=style)


def bar(start: float, end: float, y: float, height: float, style: str) -> Markup:
    """A box from one percentage to another; a very short one stays visible."""
    return node("rect", x=share(start), y=y, width=share(max(0.3, end - start)), height=height, rx=2, class_=style)


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """A straight stroke; x in percent."""
    return node("line", x1=share(x1), y1=y1, x2=share(x2), y2=y2, class_=style)


def share(percent: float) -> str:
    """A percentage as SVG writes it."""
    return f"{_plain(float(percent))}%"


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers from ``low`` to ``high`` laid over the width, a little inside its edges."""

    low: float
    high: float

    @classmethod
    def around(cls, values: Iterable[float], floor: float = -math.inf, ceiling: float = math.inf) -> Scale:
        """A scale with room on both sides of all finite values, ending on round numbers, never beyond the bounds."""
        finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(finite), max(finite)
        spread = high - low or abs(high) * 0.2 or 1.0
        step = 10.0 ** math.floor(math.log10(spread)) / 2
        low, high = low - 0.25 * spread, high + 0.25 * spread
        return cls(max(floor, math.floor(low / step) * step), min(ceiling, math.ceil(high / step) * step))

    def at(self, value: float) -> float:
        """Where a number lies, in percent; numbers off the scale lie on its end."""
        if not math.isfinite(value) or self.high <= self.low:
            return 50.0
        return 3.0 + 94.0 * min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
