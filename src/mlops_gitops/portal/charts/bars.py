"""A share against a limit as one bar, and the places of several groups against the gap that is allowed between them."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from mlops_gitops.portal import numbers
from mlops_gitops.portal.charts.gates import ends
from mlops_gitops.portal.drawing import Scale, bar, line, node, picture, share


def limit_bar(name: str, value: float, limit: float | None, style: str) -> Markup:
    """A bar from 0 to 1 with its limit."""
    words = f"{name}: {numbers.number(value)}" + ("" if limit is None else f", limit {numbers.brief(limit)}")
    drawn = [bar(0, 100, 4, 14, "rail"), bar(0, 100 * min(1.0, max(0.0, value)), 4, 14, style)]
    if limit is not None and 0 <= limit <= 1:
        drawn.append(line(100 * limit, 0, 100 * limit, 22, "limit dashed"))
    return picture(words, 22, *drawn)


def spread_chart(name: str, groups: Mapping[str, float], allowed: float) -> Markup:
    """A dot a group; the shaded band, as wide as the gap that is allowed, lies around the middle of all groups."""
    middle = (min(groups.values()) + max(groups.values())) / 2
    low, high = middle - allowed / 2, middle + allowed / 2
    scale = Scale.around((*groups.values(), max(0.0, low), min(1.0, high)), 0.0, 1.0)
    words = f"{name} by group: " + ", ".join(f"{group} {numbers.number(value)}" for group, value in groups.items())
    dots = [
        node("circle", node("title", f"{group}: {numbers.number(value)}"), cx=share(scale.at(value)), cy=14, r=5,
             class_="point now soft")
        for group, value in groups.items()
    ]  # fmt: skip
    band = bar(scale.at(low), scale.at(high), 7, 14, "good")
    return picture(words, 38, bar(3, 97, 7, 14, "rail"), band, *dots, *ends(scale, 35))
