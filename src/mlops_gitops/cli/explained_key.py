"""A key explained, as a person or a program reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from mlops_gitops.cli.printer import colour_wanted
from mlops_gitops.cli.visible import visible
from mlops_gitops.compiler.explain import DEFAULT, MADE_OF, Explanation, Origin, shown_path
from mlops_gitops.records.explain_report import KeyReport, ReportedKey, ReportedOrigin

_STRUCK, _OFF = "\x1b[9m", "\x1b[0m"


def as_text(found: Explanation, environment: str, stream: TextIO) -> list[str]:
    """A headline, the meaning, and a row a layer; for a section a row a key."""
    where = f" in {environment}" if environment else ""
    key = shown_path(found.path)
    headline = f"{key}{where}" if found.parts else f"{key} {_equals(found)}{where}"
    meaning = [f"  {found.meaning}"] if found.meaning else []
    rows = _sections_rows(found) if found.parts else layers_rows(found, struck=colour_wanted(stream))
    return [headline, *meaning, *(f"    {row}" for row in rows)]


def as_json(found: Explanation, project: str, environment: str) -> str:
    """The same for programs; `schemas/explain.schema.json` says what it holds."""
    report = KeyReport(
        **reported(found).model_dump(),
        project=project,
        environment=environment,
        parts=[reported(part) for part in found.parts],
    )
    return json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def shown(value: object) -> str:
    """On one line: lists and sections as JSON, which is YAML too."""
    if value is None:
        return "none"
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def place_of(origin: Origin) -> str:
    """Where a layer says it: a place in a file, or that nobody did."""
    if origin.place:
        return str(origin.place)
    return f"{'made of' if origin.layer == MADE_OF else 'default:'} {origin.why}" if origin.why else DEFAULT


def _equals(found: Explanation) -> str:
    return f"= {shown(found.value)}" if found.is_set else "is not set"


def layers_rows(found: Explanation, *, struck: bool) -> Iterator[str]:
    """A row a layer, topmost first."""
    rows = [(place_of(origin), "taken away" if origin.removed else shown(origin.value)) for origin in found.origins]
    width = max((len(place) for place, _ in rows), default=0)
    longest = max((len(said) for _, said in rows), default=0)
    for number, (place, said) in enumerate(rows):
        if number == 0:
            yield f"{place:{width}}  {said:{longest}}  <- counts"
        else:
            crossed = f"{_STRUCK}{said}{_OFF}{'':{longest - len(said)}}" if struck else f"{said:{longest}}"
            yield f"{place:{width}}  {crossed}  overridden"


def _sections_rows(found: Explanation) -> Iterator[str]:
    below = shown_path(found.path)
    rows = [
        (shown_path(part.path).removeprefix(below).removeprefix("."), shown(part.value), place_of(part.origins[0]))
        for part in found.parts
        if part.origins
    ]
    keys, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    for key, value, place in rows:
        yield f"{key:{keys}}  {value:{min(values, 40)}}  {place}"


def reported(found: Explanation, key: str = "") -> ReportedKey:
    """A key for programs, under the name that it is known by."""
    return ReportedKey(
        key=key or shown_path(found.path),
        value=found.value,
        is_set=found.is_set,
        meaning=found.meaning,
        origins=[
            ReportedOrigin(
                layer=origin.layer,
                value=origin.value,
                removed=origin.removed,
                counts=number == 0 and not found.parts,
                why=origin.why,
                file=origin.place.file if origin.place else None,
                line=origin.place.line if origin.place else None,
                column=origin.place.column if origin.place else None,
            )
            for number, origin in enumerate(found.origins)
        ],
    )
