"""One metric before and now, against how far it may move in its bad direction."""

from __future__ import annotations

import math

from markupsafe import Markup

from mlops_gitops.portal import numbers
from mlops_gitops.portal.charts.gates import ends, whisker
from mlops_gitops.portal.drawing import Mark, Scale, bar, label, line, mark, node, picture, share
from mlops_gitops.records.verdict import FormerComparison, MetricChange
from mlops_gitops.spec.metrics import Direction, find_metric

HEIGHT = 50
_MIDDLE = 25


def higher_is_better(name: str) -> bool:
    """The direction of a metric by the metric table."""
    metric = find_metric(name)
    return metric is None or metric.direction is Direction.HIGHER


def change_limit(change: MetricChange) -> float:
    """The value at which the change counts; an absolute margin where the baseline is 0."""
    allowed = change.threshold * (change.baseline or 1.0)
    return change.baseline - allowed if higher_is_better(change.name) else change.baseline + allowed


def shared_scale(changes: tuple[MetricChange, ...]) -> Scale:
    """One scale for all metrics of which more is better, so that their falls compare by eye."""
    told = [value for change in changes if higher_is_better(change.name) for value in _values(change)]
    return Scale.around(told, 0.0, 1.0 if all(value <= 1 for value in told) else math.inf)


def change_chart(change: MetricChange, shared: Scale, which: Mark) -> Markup:
    """A ring where it was, a mark where it is, the interval of the change, the limit with its bad side hatched."""
    higher = higher_is_better(change.name)
    scale = shared if higher else Scale.around(_values(change), 0.0)
    limit, before, now = change_limit(change), scale.at(change.baseline), scale.at(change.current)
    where = scale.at(limit)
    words = (
        f"{numbers.spoken(change.name)} from {numbers.number(change.baseline)} to {numbers.number(change.current)}, "
        f"limit {numbers.number(limit)}" + (": regressed" if change.regressed else "")
    )
    return picture(
        words,
        HEIGHT,
        bar(3, 97, _MIDDLE - 7, 14, "rail"),
        bar(*((3.0, where) if higher else (where, 97.0)), _MIDDLE - 7, 14, "bad"),
        line(where, _MIDDLE - 11, where, _MIDDLE + 11, "limit"),
        label(f"{'≥' if higher else '≤'} {numbers.number(limit)}", where, 7),
        line(before, _MIDDLE, now, _MIDDLE, "moved"),
        *whisker(scale, change.baseline + change.low, change.baseline + change.high),
        node("circle", cx=share(before), cy=_MIDDLE, r=6, class_="point before"),
        mark(which, now, _MIDDLE),
        *ends(scale),
    )


def former_charts(former: FormerComparison, version: int) -> tuple[Markup, Markup]:
    """Both versions on the same rows: the serving one, then the former."""
    return (
        _share_bar(f"v{version}", former.current, "now"),
        _share_bar(f"v{former.version}", former.former, "before"),
    )


def _share_bar(name: str, value: float, style: str) -> Markup:
    text, end = numbers.number(value), 94 * min(1.0, max(0.0, value))
    inside = end > 20
    return picture(
        f"{name}: {text}",
        30,
        bar(0, 94, 4, 20, "rail"),
        bar(0, end, 4, 20, f"fill {style}"),
        node("text", text, x=share(end - 1 if inside else end + 1), y=18.5,
             text_anchor="end" if inside else "start", class_="small on strong" if inside else "small strong"),
    )  # fmt: skip


def _values(change: MetricChange) -> tuple[float, ...]:
    interval = (change.baseline + change.low, change.baseline + change.high)
    return (change.baseline, change.current, change_limit(change), *interval)
