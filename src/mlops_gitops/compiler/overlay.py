"""Layers of configuration, one over another: mappings merge, everything else replaces, ``null`` removes.

The layers, lowest first: the platform's defaults, the project's configuration, the environment's overlay.  What none of
them says is a default of the spec's models.  A list whose items are known by a key is a mapping here
(``keyed_lists``), so that it needs no rule of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from mlops_gitops.compiler.spans import NOWHERE, LaidOver, Path, SpanMap
from mlops_gitops.records.artifact import Plain


class Layered(NamedTuple):
    """Data of one layer or several merged ones, and where each value of it stands."""

    data: Plain = None
    spans: SpanMap = NOWHERE


EMPTY = Layered({})


def overlay(lower: Layered, upper: Layered, *, lower_is_home: bool = True) -> Layered:
    """``upper`` over ``lower``, without the ``null`` of either.

    A mapping that both write keeps the place of the one that is at home in it: the project's configuration, be it the
    lower layer or the upper one.
    """
    replaced, shared = set[Path](), set[Path]()
    data = _merge(lower.data, upper.data, (), replaced, shared)
    return Layered(data, LaidOver(lower.spans, upper.spans, replaced, shared if lower_is_home else ()))


def _merge(lower: Plain, upper: Plain, path: Path, replaced: set[Path], shared: set[Path]) -> Plain:
    if not isinstance(upper, dict):
        replaced.add(path)
        return upper
    if isinstance(lower, dict):
        shared.add(path)
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
            result[key] = _merge(result.get(key), value, here, replaced, shared)
        else:
            result[key] = value
    return result
