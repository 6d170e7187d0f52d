"""Layers of configuration, one over another: mappings merge, everything else replaces, ``null`` removes.

Defaults are the lowest layer and live in the spec's models; this module puts a project's environment overlay over its
configuration and keeps track of which file each value came from.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.records.artifact import Plain


@dataclass(frozen=True, slots=True)
class Layered:
    """The merged data, and where each value of it stands."""

    data: Plain
    spans: SpanMap


def overlay(lower: Source, upper: Source | None) -> Layered:
    """``upper`` over ``lower``; without an upper layer, the lower one as it is."""
    if upper is None or upper.data is None:
        return Layered(lower.data, lower.spans)
    replaced, merged = set[Path](), set[Path]()
    data = _merge(lower.data, upper.data, (), replaced, merged)
    return Layered(data, lower.spans.overlaid(upper.spans, replaced, merged))


def _merge(lower: Plain, upper: Plain, path: Path, replaced: set[Path], merged: set[Path]) -> Plain:
    if not isinstance(upper, dict):
        replaced.add(path)
        return upper
    if isinstance(lower, dict):
        merged.add(path)
        result = dict(lower)
    else:
        replaced.add(path)
        result = {}
    for key, value in upper.items():
        here = (*path, key)
        if value is None:
            replaced.add(here)
            result.pop(key, None)
        elif key in result or isinstance(value, dict):
            # A mapping that is new may hold a `null` too; there is nothing below it to remove.
            result[key] = _merge(result.get(key), value, here, replaced, merged)
        else:
            result[key] = value
    return result
