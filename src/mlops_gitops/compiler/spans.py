"""Where every value stands: a side map from path to node marks, falling back to the nearest parent.

Paths are tuples of keys and list indices.  The map keeps the parser's nodes and makes a ``Span`` only when one is
asked for, because most values are never complained about.
"""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from mlops_gitops.diagnostics import Span

Path = tuple[str | int, ...]


class SpanMap:
    """Positions of keys and values of one or, after overlaying, several files."""

    __slots__ = ("_keys", "_values")

    def __init__(
        self,
        keys: Mapping[Path, tuple[str, yaml.Node]] | None = None,
        values: Mapping[Path, tuple[str, yaml.Node]] | None = None,
    ) -> None:
        self._keys = dict(keys or {})
        self._values = dict(values or {})

    def add(self, path: Path, file: str, key: yaml.Node | None, value: yaml.Node) -> None:
        """Note a value, and its key where it has one."""
        if key is not None:
            self._keys[path] = (file, key)
        self._values[path] = (file, value)

    def has(self, path: Path) -> bool:
        """Whether something was written at exactly this path."""
        return path in self._values

    def text(self, path: Path) -> str | None:
        """A scalar as it was written; nothing for lists and mappings, or where nothing was."""
        _, node = self._values.get(path, ("", None))
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def key(self, path: Path) -> Span | None:
        """The span of the key at ``path``; of the value where it has no key (a list's item); else of a parent."""
        if path in self._keys:
            return span_of(*self._keys[path])
        return self.value(path)

    def value(self, path: Path) -> Span | None:
        """The span of the value at ``path``, or of the nearest parent that is known."""
        for length in range(len(path), -1, -1):
            if (found := self._values.get(path[:length])) is not None:
                # A parent block is as long as all its children: its key says better where it is.
                if length < len(path) and path[:length] in self._keys:
                    return span_of(*self._keys[path[:length]])
                return span_of(*found)
        return None

    def overlaid(self, upper: SpanMap, replaced: set[Path], merged: set[Path]) -> SpanMap:
        """This map under another one.

        Positions at and below ``replaced`` paths are forgotten; a mapping that both layers write (``merged``) keeps
        this layer's place, because only what the upper layer says in it is its own.
        """
        return SpanMap(
            _laid_over(self._keys, upper._keys, replaced, merged),
            _laid_over(self._values, upper._values, replaced, merged),
        )


Entries = Mapping[Path, tuple[str, yaml.Node]]


def _laid_over(lower: Entries, upper: Entries, replaced: set[Path], merged: set[Path]) -> Entries:
    def gone(path: Path) -> bool:
        return any(path[:length] in replaced for length in range(len(path) + 1))

    kept = {path: entry for path, entry in lower.items() if not gone(path)}
    return kept | {path: entry for path, entry in upper.items() if path not in merged}


def span_of(file: str, node: yaml.Node) -> Span:
    """A node's span; of a node over several lines, where it starts."""
    start, end = node.start_mark, node.end_mark
    last = end.column if end.line == start.line else 0
    return Span(file, start.line + 1, start.column + 1, max(last, start.column + 1) + 1)
