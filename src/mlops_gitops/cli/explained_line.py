"""A line of a rendered file explained, as a person or a program reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TextIO

from mlops_gitops.cli.explained_key import layers_rows, reported, shown
from mlops_gitops.cli.printer import colour_wanted
from mlops_gitops.cli.visible import visible
from mlops_gitops.compiler.file_names import PLATFORM
from mlops_gitops.compiler.origins.made import MADE, NAME
from mlops_gitops.compiler.origins.roots import Word, split_key, split_project
from mlops_gitops.compiler.targets.pods import PLACEHOLDER_DIGEST
from mlops_gitops.records.explain_report import LinesBelow, ReportedLine
from mlops_gitops.records.labels import IMAGE_PLACEHOLDER, MANIFESTS
from mlops_gitops.usecases.explain_line import ExplainedLine

_STALE = "the sources have changed since this was rendered: values and places are those of today (mlops-gitops render)"
_PLACEHOLDER = (
    f"stands in for the digest of an image that has none yet: set it below `images` in {PLATFORM}, and render"
)
_MOST_LINES = 8
_FILES: Mapping[Word, str] = {"platform": PLATFORM, "contract": "the data contract", "release": "the release"}
_MOST_KEYS = 8


def as_text(found: ExplainedLine, stream: TextIO) -> list[str]:
    """The line, and each key that went into it with its layers."""
    lines = [f"{found.file}:{found.line}", f"  | {visible(found.text)}"]
    for name, key in found.keys:
        lines.append(f"  {_in_words(name)} = {shown(key.value)}")
        lines.extend([f"    {key.meaning}"] if key.meaning else [])
        lines.extend(f"      {row}" for row in layers_rows(key, struck=colour_wanted(stream)))
    if not found.keys and found.target == MANIFESTS:
        source = f"projects/{found.project}/{MANIFESTS}/{found.file.rpartition('/')[2]}"
        lines.append(f"  taken as it is from the project's own manifest {source}")
    elif not found.keys:
        lines.extend(_without_keys(found))
    if _is_placeholder(found.text):
        lines.append(f"  {_PLACEHOLDER}")
    if found.stale:
        lines.append(f"  note: {_STALE}")
    return lines


def _without_keys(found: ExplainedLine) -> Iterator[str]:
    if not _is_placeholder(found.text):
        what = f"mlops-gitops writes this line itself, among the files for {found.target}"
        yield f"  {what}: no key of yours went into it"
    yield from (f"    below it: {_in_words(name)} ({_numbers(numbers)})" for name, numbers in found.below[:_MOST_KEYS])
    if (left := len(found.below) - _MOST_KEYS) > 0:
        yield f"    below it: {left} more key{'s' if left > 1 else ''}"


def _is_placeholder(text: str) -> bool:
    return IMAGE_PLACEHOLDER in text or PLACEHOLDER_DIGEST in text


def _in_words(name: str) -> str:
    """A key of a record as people call it: the words before it are the record's own."""
    project, rest = split_project(name)
    word, key = split_key(rest)
    whose = f" of {project}" if project else ""
    if rest in MADE:
        return f"the name of {project}" if project and rest == NAME else f"{MADE[rest].title}{whose}"
    return f"{key} in {_FILES[word]}{whose}" if word else f"{key}{whose}"


def _numbers(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_LINES]))
    more = f" and {len(numbers) - _MOST_LINES} more" if len(numbers) > _MOST_LINES else ""
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{more}"


def as_json(found: ExplainedLine) -> str:
    """The same for programs; `schemas/explain_line.schema.json` says what it holds."""
    report = ReportedLine(
        file=found.file,
        line=found.line,
        text=found.text,
        project=found.project,
        environment=found.environment,
        target=found.target,
        stale=found.stale,
        keys=[reported(key, name) for name, key in found.keys],
        below=[LinesBelow(key=name, lines=list(numbers)) for name, numbers in found.below],
    )
    return json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
