"""Panels as Grafana draws them: the shapes of Grafana's own SDK, filled with what a project has.

Expressions name the dashboard's own variables, so most panels are the same in all environments of all projects: each
is drawn, and written, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from mlops_gitops.compiler.json_text import Constant
from mlops_gitops.compiler.origins.marked import keys_in
from mlops_gitops.compiler.targets.monitoring.dashboard import shapes
from mlops_gitops.compiler.targets.monitoring.dashboard.panels import Panel
from mlops_gitops.records.artifact import Plain

SHAPES = {name: Constant(shape) for name, shape in shapes.SHAPES.items()}
_ACROSS, _WIDTH, _HEIGHT = 3, 8, 8
_WHOLE_WIDTH = _ACROSS * _WIDTH

# What a panel of a kind has whatever it shows.
_FILLED: dict[str, dict[str, Plain]] = {
    kind: {key: value for key, value in SHAPES[kind].items() if key not in ("title", "fieldConfig")}
    for kind in ("words", "curves")
}

Sections = Sequence[tuple[str, Sequence[Panel]]]


def drawn(head: Mapping[str, Plain], variables: Mapping[str, str], sections: Sections, docs: str) -> dict[str, Plain]:
    """The dashboard as data; ``variables`` are the constants that expressions name, ``docs`` the page of all alerts."""
    constants: list[Plain] = [{**SHAPES["constant"], "name": name, "query": text} for name, text in variables.items()]
    listed: list[Plain] = [SHAPES["source"], *constants]
    panels: list[Plain] = list(_placed(sections, docs))
    return {
        **head,
        **{key: value for key, value in SHAPES["dashboard"].items() if key not in head},
        "templating": {"list": listed},
        "panels": panels,
    }


def page(title: str, url: str) -> dict[str, Plain]:
    """A link to a page, in a tab of its own."""
    return {**SHAPES["link"], "title": title, "url": url}


def siblings(title: str, tag: str) -> dict[str, Plain]:
    """A list of all dashboards with a tag."""
    return {**SHAPES["siblings"], "title": title, "tags": [tag]}


def _placed(sections: Sections, docs: str) -> Iterator[Plain]:
    """Each heading over its panels, three side by side."""
    top, number = 0, 0
    for title, panels in sections:
        number += 1
        yield {**SHAPES["row"], "id": number, "title": title, "gridPos": _place(0, top, _WHOLE_WIDTH, 1)}
        top += 1
        for index, panel in enumerate(panels):
            number += 1
            down, across = divmod(index, _ACROSS)
            yield _known_panel(panel, docs, number, (across * _WIDTH, top + down * _HEIGHT))
        top += -(-len(panels) // _ACROSS) * _HEIGHT


# Panels that were drawn, by all that they are drawn from.
_DRAWN: dict[str, Constant] = {}
_MOST_DRAWN = 1000
_SEPARATOR = "\0"  # in no text that is read


def _known_panel(panel: Panel, docs: str, number: int, corner: tuple[int, int]) -> dict[str, Plain]:
    """A panel as it was drawn before.

    Values that tell where they come from say so in their text, and have to be asked anew each time.
    """
    drawn_from = f"{number}{corner}{docs}{_SEPARATOR}{_all_of(panel)}"
    if (known := _DRAWN.get(drawn_from)) is not None:
        return known
    place = _place(*corner, _WIDTH, _HEIGHT)
    made: dict[str, Plain] = {"id": number, "title": panel.title, "gridPos": place, **_panel(panel, docs)}
    if keys_in(drawn_from):
        return made
    if len(_DRAWN) >= _MOST_DRAWN:
        _DRAWN.clear()
    return _DRAWN.setdefault(drawn_from, Constant(made))


def _all_of(panel: Panel) -> str:
    """All that is in a panel as one text: 1 and 1.0 are equal, but are not written alike."""
    texts = [one for query in panel.queries for one in (query.expression, query.legend)]
    rest = f"{panel.lines}{panel.words}"
    return _SEPARATOR.join((panel.title, panel.unit, panel.below, panel.key, panel.runbook, rest, *texts))


@cache
def _place(x: int, y: int, width: int, height: int) -> Constant:
    return Constant({"h": height, "w": width, "x": x, "y": y})


def _panel(panel: Panel, docs: str) -> dict[str, Plain]:
    kind = "words" if panel.words else "curves"
    shape = SHAPES[kind]
    told: dict[str, Plain] = {"description": text} if (text := _description(panel, docs)) else {}
    targets: list[Plain] = [
        {"refId": chr(ord("A") + index), "expr": query.expression, "legendFormat": query.legend}
        for index, query in enumerate(panel.queries)
    ]
    limits: dict[str, Plain] = {**shape["fieldConfig"], "defaults": _field(shape["fieldConfig"]["defaults"], panel)}
    return {**told, **_FILLED[kind], "targets": targets, "fieldConfig": limits}


def _description(panel: Panel, docs: str) -> str:
    """Which key of the configuration is drawn, and the page of the alert on it."""
    said = []
    if panel.key:
        asked = f"mlops-gitops explain $project {panel.key} --environment $environment"
        said.append(f"`{panel.key}` {'is the line' if panel.lines else 'decides'}: `{asked}` says where it comes from.")
    if panel.runbook:
        said.append(f"[What to do]({docs}#{panel.runbook})")
    return " ".join(said)


def _field(shape: Mapping[str, Any], panel: Panel) -> dict[str, Plain]:
    """Unit and limits.  Grafana leaves a limit that no value comes near out of sight: the axis reaches beyond each."""
    steps: list[Plain] = [{"value": None, "color": panel.below}]
    steps.extend({"value": value, "color": colour} for value, colour in panel.lines)
    filled: dict[str, Plain] = {**shape, "unit": panel.unit, "thresholds": {**shape["thresholds"], "steps": steps}}
    if panel.lines and not panel.words:
        values = [value for value, _ in panel.lines]
        filled["custom"] = {
            **shape["custom"],
            "axisSoftMin": min(0, *values),
            "axisSoftMax": _beyond(max(values), panel),
        }
    return filled


def _beyond(limit: float, panel: Panel) -> float:
    """Above a share there is nothing more than all."""
    return 1 if panel.unit == "percentunit" and limit > 0.5 else round(limit * 1.2, 6)
