"""How long things took, one after the other: each bar starts where the one before ended."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from mlops_gitops.portal.drawing import bar, node, picture, share
from mlops_gitops.portal.numbers import seconds

HEIGHT = 26


def span_charts(names: Sequence[str], durations_s: Sequence[float], styles: Sequence[str]) -> tuple[Markup, ...]:
    """One picture a step, all on the same scale from the first start to the last end."""
    whole = sum(durations_s) or 1.0
    drawn, begun = [], 0.0
    for name, duration, style in zip(names, durations_s, styles, strict=True):
        start, end = 100 * begun / whole, 100 * (begun + duration) / whole
        begun += duration
        drawn.append(_span(name, duration, start, end, style))
    return tuple(drawn)


def _span(name: str, duration: float, start: float, end: float, style: str) -> Markup:
    text = seconds(duration)
    # Inside where there is room, else on the emptier side.
    if end - start > 30:
        place, anchor, look = (start + end) / 2, "middle", "small on" if style == "done" else "small strong"
    elif end < 60:
        place, anchor, look = end + 1.5, "start", "small"
    else:
        place, anchor, look = start - 1.5, "end", "small"
    return picture(
        f"{name} took {text}",
        HEIGHT,
        node("rect", x="0", y=5, width="100%", height=16, rx=3, class_="rail"),
        bar(start, end, 5, 16, f"span {style}"),
        node("text", text, x=share(place), y=17, text_anchor=anchor, class_=look),
    )
