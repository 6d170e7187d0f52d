"""Right and wrong decisions in a square of four, each with its share of the rows that were truly so."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mlops_gitops.portal.drawing import bar, node, picture, share
from mlops_gitops.portal.numbers import percent

HEIGHT = 236
_ROW, _BOX, _TOP = 106, 80, 24


@dataclass(frozen=True, slots=True)
class Counts:
    """Decisions at the model's threshold."""

    tp: int
    fp: int
    tn: int
    fn: int


def confusion_chart(counts: Counts) -> Markup:
    """What was truly positive above, what was truly negative below; predicted positive left, negative right."""
    positives, negatives = counts.tp + counts.fn, counts.fp + counts.tn
    words = (
        f"Confusion matrix: {counts.tp:,} positives found, {counts.fn:,} missed, "
        f"{counts.fp:,} false alarms, {counts.tn:,} negatives left alone"
    )
    return picture(
        words,
        HEIGHT,
        *_head(),
        *_band(0, f"truly positive: {positives:,}"),
        *_cell(0, 0, counts.tp, positives, "found", right=True),
        *_cell(1, 0, counts.fn, positives, "missed", right=False),
        *_band(1, f"truly negative: {negatives:,}"),
        *_cell(0, 1, counts.fp, negatives, "false alarms", right=False),
        *_cell(1, 1, counts.tn, negatives, "left alone", right=True),
    )


def _head() -> tuple[Markup, Markup]:
    return (
        node("text", "predicted positive", x="25%", y=12, text_anchor="middle", class_="small"),
        node("text", "predicted negative", x="75%", y=12, text_anchor="middle", class_="small"),
    )


def _band(row: int, text: str) -> tuple[Markup]:
    return (node("text", text, x="0.5%", y=_TOP + row * _ROW + 12, class_="small strong"),)


def _cell(column: int, row: int, count: int, whole: int, word: str, *, right: bool) -> tuple[Markup, ...]:
    left, top = column * 50.5, _TOP + row * _ROW + 18
    part = count / whole if whole else 0.0
    centre = share(left + 24.75)
    return (
        bar(left, left + 49.5, top, _BOX, "cell right" if right else "cell wrong"),
        node("text", f"{count:,}", x=centre, y=top + 34, text_anchor="middle", class_="big"),
        node("text", f"{word} · {percent(part)}", x=centre, y=top + 54, text_anchor="middle", class_="small"),
        bar(left + 3, left + 46.5, top + _BOX - 13, 6, "groove"),
        bar(left + 3, left + 3 + 43.5 * part, top + _BOX - 13, 6, "fill right" if right else "fill wrong"),
    )
