"""How the losses fell while the model learned, and where it was best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mlops_gitops.portal import numbers
from mlops_gitops.portal.drawing import Scale, bar, label, line, node, picture, share
from mlops_gitops.portal.run_record import LossPoint

HEIGHT = 220
_TOP, _FLOOR = 22.0, 190.0
_MAX_POINTS = 240

Point = tuple[float, float]


def loss_chart(history: Sequence[LossPoint]) -> Markup:
    """Training loss dashed, validation loss solid, the best validation loss marked; needs two points."""
    train = [(point.iteration, point.train) for point in history if point.train is not None]
    held_out = [(point.iteration, point.validation) for point in history if point.validation is not None]
    losses = _Losses.of([value for _, value in (*train, *held_out)])
    steps = Scale(min(point.iteration for point in history), max(point.iteration for point in history))
    best = min(held_out, key=lambda point: point[1], default=None)
    kind = ", logarithmic" if losses.logarithmic else ""
    words = f"Loss by iteration over {len(history)} iterations{kind}" + (
        f"; best validation loss {numbers.number(best[1])} at iteration {best[0]:g}" if best else ""
    )
    return picture(
        words,
        HEIGHT,
        bar(3, 97, _TOP, _FLOOR - _TOP, "rail"),
        *_grid(losses),
        *_axis(steps, f"{losses.high:.2g} loss{', logarithmic' if losses.logarithmic else ''}"),
        _curve(train, steps, losses, "curve before"),
        _curve(held_out, steps, losses, "curve now"),
        *(_best(best, steps, losses) if best else ()),
    )


@dataclass(frozen=True, slots=True)
class _Losses:
    """The height of a loss; logarithmic where the first losses would squeeze all later ones onto the floor."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, values: Sequence[float]) -> _Losses:
        low, high = min(values), max(values)
        if low > 0 and high > 4 * low:
            return cls(low / 1.6, high * 1.15, True)
        scale = Scale.around(values, floor=0.0 if low >= 0 else -math.inf)
        return cls(scale.low, scale.high, False)

    def height(self, value: float) -> float:
        """In pixels from the top of the picture."""
        if self.logarithmic:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low or 1.0)
        return _FLOOR - part * (_FLOOR - _TOP)

    def ticks(self) -> list[float]:
        """The low end and the middle; the high end stands beside the axis's name."""
        middle = math.sqrt(self.low * self.high) if self.logarithmic else (self.low + self.high) / 2
        return [self.low, middle]


def _grid(losses: _Losses) -> list[Markup]:
    drawn: list[Markup] = []
    # The low end's name stands left, where the curve is high; the middle's where the curve has long come down.
    for value, x in zip(losses.ticks(), (5.0, 50.0), strict=True):
        y = losses.height(value)
        name = f"{value:.2g}" if losses.logarithmic else numbers.brief(value)
        drawn += [line(3, y, 97, y, "grid"), node("text", name, x=share(x), y=y - 3, class_="tiny halo")]
    return drawn


def _axis(steps: Scale, loss: str) -> tuple[Markup, ...]:
    return (
        node("text", loss, x="3%", y=_TOP - 6, class_="tiny"),
        node("text", f"iteration {steps.low:g}", x="3%", y=_FLOOR + 15, class_="tiny"),
        node("text", f"iteration {steps.high:g}", x="97%", y=_FLOOR + 15, text_anchor="end", class_="tiny"),
    )


def _curve(points: Sequence[Point], steps: Scale, losses: _Losses, style: str) -> Markup:
    every = max(1, -(-len(points) // _MAX_POINTS))
    kept = [*points[::every], *points[-1:]]
    path = " ".join(f"{steps.at(x):.2f},{losses.height(y):.2f}" for x, y in kept)
    # Stretched over the width: only lines are inside, and their strokes do not stretch.
    return node(
        "svg", node("polyline", points=path, class_=style, vector_effect="non-scaling-stroke"),
        x="0", y=0, width="100%", height=HEIGHT, viewBox=f"0 0 100 {HEIGHT}", preserveAspectRatio="none",
    )  # fmt: skip


def _best(best: Point, steps: Scale, losses: _Losses) -> tuple[Markup, ...]:
    x, y = steps.at(best[0]), losses.height(best[1])
    return (
        line(x, _TOP, x, _FLOOR, "limit"),
        node("circle", cx=share(x), cy=y, r=5, class_="point now"),
        label(f"best {numbers.number(best[1])} at {best[0]:g}", x, 12),
    )
