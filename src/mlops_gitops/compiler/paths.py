"""Dotted paths: how a place in a configuration is written for a person, and which paths a configuration has."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain


def dotted(path: Path) -> str:
    """``testing.thresholds.recall``, ``alerting.channels[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def written_paths(data: Plain, below: Path = ()) -> Iterator[Path]:
    """Every path of the mappings and values in ``data``; a list counts as one value."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*below, key)
            yield from written_paths(value, (*below, key))
