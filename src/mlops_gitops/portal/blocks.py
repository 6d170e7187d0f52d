"""What a page is made of, before it becomes HTML: sections of panels, each a picture with its legend and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from mlops_gitops.portal.drawing import Mark


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a picture: how it went, its name, its stroke of the picture, the numbers, and a remark below."""

    mark: Mark
    word: str
    name: str
    chart: Markup
    text: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend."""

    sample: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A small finding: a mark, a name, a value."""

    mark: Mark
    word: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers to look up; ``numeric`` are the columns that stand to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a history: its sign, what it is called, who and when, and what it carries."""

    sign: Markup
    heading: str
    meta: str
    badge: str = ""
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A card: ``banner`` (mark, word, remark), picture (``figures``, ``rows``), chips, history, sentences, table.

    ``missing`` stands alone in place of everything where there is nothing to show.
    """

    title: str
    note: str = ""
    legend: tuple[Key, ...] = ()
    figures: tuple[Markup, ...] = ()
    captions: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    chips: tuple[Chip, ...] = ()
    entries: tuple[Entry, ...] = ()
    sentences: tuple[str, ...] = ()
    table: Table | None = None
    banner: tuple[Mark, str, str] | None = None
    missing: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page with a place in its contents."""

    anchor: str
    title: str
    lead: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page; ``badge`` is its end in one word, ``facts`` are label and value pairs."""

    title: str
    kicker: str
    lead: str
    sections: tuple[Section, ...]
    badge: tuple[Mark, str] | None = None
    warning: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def arrange(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """Panels for two columns: one without a neighbour becomes wide; what is missing is told in one card at the end."""
    arranged: list[Panel] = []
    alone = False
    for panel in (one for one in panels if not one.missing):
        if alone and panel.wide:
            arranged[-1] = replace(arranged[-1], wide=True)
        alone = not panel.wide and not alone
        arranged.append(panel)
    if alone:
        arranged[-1] = replace(arranged[-1], wide=True)
    missing = tuple(f"{one.title}: {one.missing[:1].lower()}{one.missing[1:]}" for one in panels if one.missing)
    return (*arranged, Panel("Not in this run", sentences=missing, wide=True)) if missing else tuple(arranged)
