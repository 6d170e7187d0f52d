"""What the signs of a picture mean, drawn as they are drawn there."""

from __future__ import annotations

from markupsafe import Markup

from mlops_gitops.portal.blocks import Key
from mlops_gitops.portal.drawing import Mark, node


def _sample(*strokes: Markup) -> Markup:
    return node("svg", *strokes, class_="sample", viewBox="0 0 26 16", width=26, height=16, aria_hidden="true")


def _box(style: str) -> Markup:
    return _sample(node("rect", x=1, y=2, width=24, height=12, rx=2, class_=style))


_WHISKER = _sample(node("path", d="M3 8h20M3 4v8M23 4v8", class_="whisker"))
_LIMIT = _sample(node("path", d="M13 0v16", class_="limit"))
_RING = _sample(node("circle", cx=13, cy=8, r=6, class_="point before"))
_DASH = _sample(node("path", d="M13 0v16", class_="limit dashed"))

GATES = (
    Key(_LIMIT, "limit"),
    Key(_box("good"), "side of the limit that passes"),
    Key(_WHISKER, "95 % interval"),
)
CONFUSION = (
    Key(_box("cell right"), "right decisions"),
    Key(_box("cell wrong"), "wrong decisions"),
    Key(_box("fill right"), "share of the rows that are truly so"),
)
LOSSES = (
    Key(_sample(node("path", d="M1 8h24", class_="curve before")), "training rows"),
    Key(_sample(node("path", d="M1 8h24", class_="curve now")), "validation rows (held out)"),
    Key(_LIMIT, "best validation loss: this model is kept"),
)
CHANGES = (
    Key(_RING, "baseline"),
    Key(_sample(node("rect", x=7, y=2, width=12, height=12, class_=f"mark {Mark.MISSED.value}")), "now"),
    Key(_WHISKER, "95 % interval of the change"),
    Key(_LIMIT, "how far it may move"),
    Key(_box("bad"), "beyond it"),
)
SHAPES = (Key(_box("fill before"), "baseline (outline where cells are many)"), Key(_box("fill now"), "now"))
SPANS = (Key(_box("span done"), "worked"), Key(_box("span kept"), "result kept from before"))
SPREADS = (
    Key(_sample(node("circle", cx=13, cy=8, r=5, class_="point now soft")), "one group"),
    Key(_box("good"), "as far as groups may lie apart"),
)


def drift_keys(effect: str, psi: str) -> tuple[Key, ...]:
    """The two bars of a column, with their limits in words."""
    return (
        Key(_box("warned first"), f"upper bar: D (numbers) or V (categories), limit {effect}"),
        Key(_box("warned second"), f"lower bar: PSI, limit {psi}"),
        Key(_DASH, "limit of both"),
        Key(_box("calm first"), "not drifted"),
    )


def commit_keys() -> tuple[Key, ...]:
    """Whose commits."""
    return (
        Key(_sample(node("circle", cx=13, cy=8, r=7, class_="actor person")), "a person's commit"),
        Key(_sample(node("path", d="M13 0l8 8l-8 8l-8-8z", class_="actor bot")), "the bot's commit"),
        Key(_box("served v1"), "version served (odd number)"),
        Key(_box("served v0"), "version served (even number)"),
    )
