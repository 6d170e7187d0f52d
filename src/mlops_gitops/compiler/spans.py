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

    def key(self, path: Path) -> Span | None:
        """The span of the key at ``path``; of the value where it has no key (a list's item); else of a parent."""
        if path in self._keys:
            return _span(*self._keys[path])
        return self.value(path)

    def value(self, path: Path) -> Span | None:
        """The span of the value at ``path``, or of the nearest parent that is known."""
        for length in range(len(path), -1, -1):
            if (found := self._values.get(path[:length])) is not None:
                # A parent block is as long as all its children: its key says better where it is.
                if length < len(path) and path[:length] in self._keys:
                    return _span(*self._keys[path[:length]])
                return _span(*found)
        return None

    def overlaid(self, upper: SpanMap, replaced: set[Path]) -> SpanMap:
        """This map under another one; positions below ``replaced`` paths are forgotten first."""

        def kept(entries: Mapping[Path, tuple[str, yaml.Node]]) -> dict[Path, tuple[str, yaml.Node]]:
            return {
                path: entry
                for path, entry in entries.items()
                if not any(path[:length] in replaced for length in range(len(path) + 1))
            }

        # A section that both layers write keeps the lower layer's place: only what the upper layer says is its own.
        values = {**kept(self._values), **upper._values}
        values[()] = self._values.get((), upper._values.get(()))  # type: ignore[assignment]
        return SpanMap({**kept(self._keys), **upper._keys}, values)


def _span(file: str, node: yaml.Node) -> Span:
    start, end = node.start_mark, node.end_mark
    last = end.column if end.line == start.line else start.column
    return Span(file, start.line + 1, start.column + 1, max(last, start.column + 1) + 1 if last else start.column + 2)
