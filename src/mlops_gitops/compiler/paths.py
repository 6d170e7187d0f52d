"""Paths of a configuration: how one is written for a person, which there are, and what stands at one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain


def dotted(path: Path) -> str:
    """``testing.thresholds.recall``, ``alerting.channels[0]``, ``prices[nvidia.com/gpu]``."""
    text = ""
    for part in path:
        in_brackets = isinstance(part, int) or "." in part
        text += f"[{part}]" if in_brackets else f".{part}" if text else str(part)
    return text


def written_paths(data: Plain) -> Iterator[Path]:
    """Every path of the mappings and values in ``data``; a list counts as one value."""
    return (path for path, _ in mapped_values(data))


def mapped_values(data: Plain, below: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """The same with what stands there."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*below, key), value
            yield from mapped_values(value, (*below, key))


def value_at(data: Plain, path: Path) -> Plain:
    """The value that mappings hold at a path; nothing where there is none."""
    for part in path:
        data = data.get(str(part)) if isinstance(data, dict) else None
    return data


def with_value(data: Plain, path: Path, value: Plain) -> Plain:
    """A copy of mappings with another value at a path that they have; what is beside it is not copied."""
    if not path:
        return value
    assert isinstance(data, dict)
    name = str(path[0])
    return {**data, name: with_value(data[name], path[1:], value)}


def without(data: Plain, paths: Iterable[Path]) -> Plain:
    """A copy of mappings without what stands at some paths."""
    for path in paths:
        above = value_at(data, path[:-1])
        if isinstance(above, dict) and path[-1] in above:
            rest = dict(above)  # A whole copy is quick; thousands of wrong keys mean thousands of copies.
            del rest[path[-1]]
            data = with_value(data, path[:-1], rest)
    return data
