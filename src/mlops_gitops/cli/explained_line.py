"""A line of a rendered file explained, as a person or a program reads it."""

from __future__ import annotations

import json
from typing import TextIO

from mlops_gitops.cli.explained_key import layers_rows, reported, shown
from mlops_gitops.cli.printer import colour_wanted
from mlops_gitops.cli.visible import visible
from mlops_gitops.records.explain_report import LinesBelow, ReportedLine
from mlops_gitops.records.labels import MANIFESTS
from mlops_gitops.usecases.explain_line import ExplainedLine

_STALE = "the sources have changed since this was rendered: values and places are those of today (mlops-gitops render)"
_MOST_LINES = 8
_MOST_KEYS = 8


def as_text(found: ExplainedLine, stream: TextIO) -> list[str]:
    """The line, and each key that went into it with its layers."""
    lines = [f"{found.file}:{found.line}", f"  | {visible(found.text)}"]
    for name, key in found.keys:
        lines.append(f"  {name} = {shown(key.value)}")
        lines.extend([f"    {key.meaning}"] if key.meaning else [])
        lines.extend(f"      {row}" for row in layers_rows(key, struck=colour_wanted(stream)))
    if not found.keys and found.target == MANIFESTS:
        source = f"projects/{found.project}/{MANIFESTS}/{found.file.rpartition('/')[2]}"
        lines.append(f"  taken as it is from the project's own manifest {source}")
    elif not found.keys:
        lines.append(
            f"  constant of the compiler, written by its target `{found.target}`: no value of a key stands here"
        )
        lines.extend(f"    below it: {name} ({_numbers(numbers)})" for name, numbers in found.below[:_MOST_KEYS])
        left = len(found.below) - _MOST_KEYS
        lines.extend([f"    below it: {left} more key{'s' if left > 1 else ''}"] if left > 0 else [])
    if found.stale:
        lines.append(f"  note: {_STALE}")
    return lines


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
