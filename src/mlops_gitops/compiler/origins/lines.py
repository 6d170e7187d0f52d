"""Which line of a rendered file each leaf stands on: the writer's layout, counted instead of written."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.emit import is_block, is_long_key
from mlops_gitops.compiler.origins.marked import Keys, by_line, keys_of, without_marks
from mlops_gitops.records.artifact import Artifact, Plain

Found = list[tuple[int, Keys]]


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines a file has, and those that come from a configuration: counted from 1, with the keys of each."""

    count: int
    found: Found


def lines_of(artifact: Artifact) -> Lines:
    """The lines of an artifact."""
    found: Found = []
    content = artifact.content
    if artifact.path.endswith((".yaml", ".yml")):
        line = 2  # below the header
        for document in content if isinstance(content, list) else [content]:
            line = _yaml(document, line, found) + 1  # a separator
        return Lines(line - 2, found)
    if artifact.path.endswith(".json") and not artifact.outside:
        return Lines(_json(content, 1, found) - 1, found)
    return Lines(_text(str(content), 2 if artifact.outside else 1, found) - 1, found)


def _yaml(value: Plain, line: int, found: Found) -> int:
    """Notes what is on the lines of a block; returns the line below it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            _note(key, line, found)
            line = _yaml_entry(item, line + is_long_key(without_marks(key)), found)
    elif isinstance(value, list) and value:
        for item in value:
            # An item that is a block starts on the dash's own line.
            inside = isinstance(item, dict | list) and item
            line = _yaml(item, line, found) if inside else _yaml_entry(item, line, found)
    else:
        _note(value, line, found)
        line += 1
    return line


def _yaml_entry(item: Plain, line: int, found: Found) -> int:
    """What stands behind a key or a dash: on its line, or as a block below it."""
    if isinstance(item, dict | list):
        return _yaml(item, line + 1, found) if item else line + 1
    if isinstance(item, str) and is_block(without_marks(item)):
        return _text(item, line + 1, found)
    _note(item, line, found)
    return line + 1


def _json(value: Plain, line: int, found: Found) -> int:
    if isinstance(value, dict | list) and value:
        line += 1
        for key, item in value.items() if isinstance(value, dict) else (("", item) for item in value):
            _note(key, line, found)
            line = _json(item, line, found)
    else:
        _note(value, line, found)
    return line + 1


def _text(text: str, line: int, found: Found) -> int:
    for keys in by_line(text)[: -1 if without_marks(text).endswith("\n") else None]:
        if keys:
            found.append((line, keys))
        line += 1
    return line


def _note(leaf: object, line: int, found: Found) -> None:
    keys = keys_of(leaf)
    if keys:
        found.append((line, keys))
