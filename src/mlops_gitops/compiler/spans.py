"""Where every value stands: a side map from path to node marks, falling back to the nearest parent.

Paths are tuples of keys and list indices.  The map keeps the parser's nodes and makes a ``Span`` only when one is
asked for, because most values are never complained about.  Layers are laid over one another the same way: a map over
others answers a question by asking them, and copies nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import yaml

from mlops_gitops.diagnostics import Span

Path = tuple[str | int, ...]
Entry = tuple[str, yaml.Node]
"""File and node."""


class SpanMap:
    """Positions of keys and values; this one is of a single file, as it was read."""

    __slots__ = ("_keys", "_values")

    def __init__(self) -> None:
        self._keys: dict[Path, Entry] = {}
        self._values: dict[Path, Entry] = {}

    def add(self, path: Path, file: str, key: yaml.Node | None, value: yaml.Node) -> None:
        """Note a value, and its key where it has one."""
        if key is not None:
            self._keys[path] = (file, key)
        self._values[path] = (file, value)

    @property
    def depth(self) -> int:
        """How long the longest path is."""
        return max(map(len, self._values), default=0)

    def key_entry(self, path: Path) -> Entry | None:
        """The key that stands at exactly this path."""
        return self._keys.get(path)

    def value_entry(self, path: Path) -> Entry | None:
        """The value that stands at exactly this path."""
        return self._values.get(path)

    def has(self, path: Path) -> bool:
        """Whether something was written at exactly this path."""
        return self.value_entry(path) is not None

    def text(self, path: Path) -> str | None:
        """A scalar as it was written; nothing for lists and mappings, or where nothing was."""
        _, node = self.value_entry(path) or ("", None)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def key(self, path: Path) -> Span | None:
        """The span of the key at ``path``; of the value where it has no key (a list's item); else of a parent."""
        found = self.key_entry(path)
        return span_of(*found) if found else self.value(path)

    def value(self, path: Path) -> Span | None:
        """The span of the value at ``path``, or of the nearest parent that is known."""
        for length in range(len(path), -1, -1):
            found, key = self.value_entry(path[:length]), self.key_entry(path[:length])
            # A parent block is as long as all its children: its key says better where it is.
            if key and (length < len(path) or not found):
                return span_of(*key)
            if found:
                return span_of(*found)
        return None


NOWHERE = SpanMap()
"""Where nothing was written; nothing is ever added to it."""


class LaidOver(SpanMap):
    """One map over another one.

    What stands at and below ``replaced`` paths of the lower one is forgotten; ``shared`` mappings, which both layers
    write, keep the lower one's place, because only what the upper layer says in them is its own.
    """

    __slots__ = ("_lower", "_replaced", "_shared", "_upper")

    def __init__(
        self, lower: SpanMap, upper: SpanMap, replaced: Collection[Path], shared: Collection[Path] = ()
    ) -> None:
        super().__init__()
        self._lower, self._upper, self._replaced, self._shared = lower, upper, replaced, shared

    def key_entry(self, path: Path) -> Entry | None:
        """The upper layer's key, else the lower one's."""
        found = None if path in self._shared else self._upper.key_entry(path)
        return found or (None if self._gone(path) else self._lower.key_entry(path))

    def value_entry(self, path: Path) -> Entry | None:
        """The upper layer's value, else the lower one's."""
        found = None if path in self._shared else self._upper.value_entry(path)
        return found or (None if self._gone(path) else self._lower.value_entry(path))

    def _gone(self, path: Path) -> bool:
        # A plain loop: every look at a value comes by here, and a generator costs several times as much.
        for length in range(len(path) + 1):  # noqa: SIM110
            if path[:length] in self._replaced:
                return True
        return False


class Without(SpanMap):
    """A map in which nothing stands at some paths, nor below them."""

    __slots__ = ("_hidden", "_inner")

    def __init__(self, inner: SpanMap, hidden: Collection[Path]) -> None:
        super().__init__()
        self._inner, self._hidden = inner, hidden

    def key_entry(self, path: Path) -> Entry | None:
        """The key, unless it is hidden."""
        return None if self._is_hidden(path) else self._inner.key_entry(path)

    def value_entry(self, path: Path) -> Entry | None:
        """The value, unless it is hidden."""
        return None if self._is_hidden(path) else self._inner.value_entry(path)

    def _is_hidden(self, path: Path) -> bool:
        return any(path[:length] in self._hidden for length in range(1, len(path) + 1))


class Moved(SpanMap):
    """A map whose paths begin otherwise: ``places`` says by new beginning where it was before."""

    __slots__ = ("_inner", "_places")

    def __init__(self, inner: SpanMap, places: Mapping[Path, Path]) -> None:
        super().__init__()
        self._inner, self._places = inner, places

    def key_entry(self, path: Path) -> Entry | None:
        """The key at the place where it was before."""
        return self._inner.key_entry(self._before(path))

    def value_entry(self, path: Path) -> Entry | None:
        """The value at the place where it was before."""
        return self._inner.value_entry(self._before(path))

    def _before(self, path: Path) -> Path:
        for length in range(len(path) + 1):
            if (place := self._places.get(path[:length])) is not None:
                return (*place, *path[length:])
        return path


def span_of(file: str, node: yaml.Node) -> Span:
    """A node's span; of a node over several lines, where it starts."""
    start, end = node.start_mark, node.end_mark
    last = end.column if end.line == start.line else 0
    # What an alias repeats stands elsewhere: there it was written, and there a mistake in it is mended.
    origin = getattr(node, "origin", None)
    written = span_of(file, origin) if origin else None
    return Span(file, start.line + 1, start.column + 1, max(last, start.column + 1) + 1, written)
