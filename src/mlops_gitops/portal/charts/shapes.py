"""The shape of one column before and now: shares of the rows by cell, side by side."""

from __future__ import annotations

import math

from markupsafe import Markup

from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.drawing import line, node, picture, share
from mlops_gitops.portal.numbers import percent

HEIGHT = 150
_TOP, _FLOOR = 18.0, 122.0
_FEW = 10
_PEAK = 0.4
"""Above this share one cell would flatten all others: heights then are square roots of the shares."""


def shape_chart(shape: Distribution) -> Markup:
    """Pairs of bars (before, now) for a few cells, an outline before a filled shape now for many."""
    top = max((*shape.baseline, *shape.current), default=0.0) or 1.0
    words = f"{shape.name}: shares of rows by value, {shape.baseline_rows:,} rows before, {shape.current_rows:,} now"
    paired = len(shape.labels) <= _FEW
    drawn = _pairs(shape, top) if paired else _outline(shape, top)
    names = _names(shape) if paired else _ends(shape)
    rooted = not paired and top > _PEAK
    peak = node(
        "text", percent(top) + (" · heights are square roots" if rooted else ""), x="0", y=_TOP - 6, class_="tiny"
    )
    return picture(
        words, HEIGHT, peak, line(0, _TOP, 100, _TOP, "grid"), drawn, line(0, _FLOOR, 100, _FLOOR, "axis"), *names
    )


def _pairs(shape: Distribution, top: float) -> Markup:
    width = 100 / len(shape.labels)
    boxes = []
    for position, (before, now) in enumerate(zip(shape.baseline, shape.current, strict=True)):
        left = position * width
        boxes += [
            _box(left + 0.14 * width, 0.34 * width, before / top, "before"),
            _box(left + 0.52 * width, 0.34 * width, now / top, "now"),
        ]
    return node("g", *boxes)


def _box(left: float, width: float, part: float, style: str) -> Markup:
    height = part * (_FLOOR - _TOP)
    return node("rect", x=share(left), y=_FLOOR - height, width=share(width), height=height, class_=f"fill {style}")


def _outline(shape: Distribution, top: float) -> Markup:
    now, before = (_steps(shares, top) for shares in (shape.current, shape.baseline))
    return node(
        "svg",
        node("polygon", points=now, class_="fill now soft", vector_effect="non-scaling-stroke"),
        node("polyline", points=before, class_="curve before", vector_effect="non-scaling-stroke"),
        x="0", y=0, width="100%", height=HEIGHT, viewBox=f"0 0 100 {HEIGHT}", preserveAspectRatio="none",
    )  # fmt: skip


def _steps(shares: tuple[float, ...], top: float) -> str:
    width = 100 / len(shares)
    points = [(0.0, _FLOOR)]
    for position, part in enumerate(shares):
        height = math.sqrt(part / top) if top > _PEAK else part / top
        y = _FLOOR - height * (_FLOOR - _TOP)
        points += [(position * width, y), ((position + 1) * width, y)]
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in (*points, (100.0, _FLOOR)))


def _names(shape: Distribution) -> list[Markup]:
    width = 100 / len(shape.labels)
    room = max(3, int(44 / len(shape.labels)))
    return [
        node("text", node("title", name), name if len(name) <= room else f"{name[: room - 1]}…",
             x=share((position + 0.5) * width), y=_FLOOR + 14, text_anchor="middle", class_="tiny")
        for position, name in enumerate(shape.labels)
    ]  # fmt: skip


def _ends(shape: Distribution) -> tuple[Markup, Markup]:
    return (
        node("text", shape.labels[0], x="0", y=_FLOOR + 14, class_="tiny"),
        node("text", shape.labels[-1], x="100%", y=_FLOOR + 14, text_anchor="end", class_="tiny"),
    )
