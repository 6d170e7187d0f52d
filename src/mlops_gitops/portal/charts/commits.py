"""What was served, commit by commit: a numbered sign for every commit, and below it the version that then served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mlops_gitops.portal.drawing import at, bar, line, node, picture, share

_LANE, _FIRST, _SIGNS = 34, 52, 20
SHOWN = 16


@dataclass(frozen=True, slots=True)
class Lane:
    """One environment: the version that it served after each commit, ``None`` while there was none."""

    environment: str
    served: tuple[int | None, ...]


def commit_sign(number: int, *, is_bot: bool) -> Markup:
    """A numbered disc for a person's commit, a numbered diamond for the bot's."""
    who = "the bot's commit" if is_bot else "a person's commit"
    return node("svg", *_sign(number, is_bot=is_bot), class_="icon sign-icon", role="img", aria_label=f"{who} {number}",
                viewBox="-13 -13 26 26", width=28, height=28)  # fmt: skip


def commit_strip(bots: Sequence[bool], first: int, lanes: Sequence[Lane]) -> Markup:
    """Commits ``first``, ``first`` + 1, … from left to right; ``bots`` tells whose each is."""
    width = 100 / len(bots)
    signs = [
        at((position + 0.5) * width, _SIGNS, *_sign(first + position, is_bot=bot)) for position, bot in enumerate(bots)
    ]
    served = [stroke for row, lane in enumerate(lanes) for stroke in _lane(row, lane, width)]
    words = f"{len(bots)} commits, {sum(bots)} by the bot; " + "; ".join(_told(lane) for lane in lanes)
    height = _FIRST + _LANE * max(1, len(lanes))
    return picture(words, height, line(0.5 * width, _SIGNS, 100 - 0.5 * width, _SIGNS, "axis"), *signs, *served)


def _sign(number: int, *, is_bot: bool) -> tuple[Markup, Markup]:
    outline = "M0-12.5L12.5 0L0 12.5L-12.5 0z" if is_bot else "M0-10.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 1 1 0-21z"
    return (
        node("path", d=outline, class_="actor bot" if is_bot else "actor person"),
        node("text", str(number), y=4, text_anchor="middle", class_="sign-number"),
    )


def _lane(row: int, lane: Lane, width: float) -> list[Markup]:
    top = _FIRST + row * _LANE
    drawn = [node("text", lane.environment, x="0.5%", y=top - 3, class_="tiny")]
    for start, end, version in _stretches(lane.served):
        # A version serves from its commit on: the stretch starts under the sign.
        left = (start + 0.5) * width if start else 0.0
        right = (end + 0.5) * width if end < len(lane.served) else 100.0
        style = "served none" if version is None else f"served v{version % 2}"
        text = "nothing" if version is None else f"v{version}"
        drawn += [
            bar(left + 0.3, right - 0.3, top, 22, style),
            node("text", text, x=share((left + right) / 2), y=top + 15.5, text_anchor="middle",
                 class_="small" if version is None else "small on strong"),
        ]  # fmt: skip
    return drawn


def _stretches(served: Sequence[int | None]) -> list[tuple[int, int, int | None]]:
    """Runs of the same version: first commit, first commit after, version."""
    found: list[tuple[int, int, int | None]] = []
    for position, version in enumerate(served):
        if found and found[-1][2] == version:
            found[-1] = (found[-1][0], position + 1, version)
        else:
            found.append((position, position + 1, version))
    return found


def _told(lane: Lane) -> str:
    names = ["nothing" if version is None else f"v{version}" for _, _, version in _stretches(lane.served)]
    return f"{lane.environment} served {', then '.join(names)}"
