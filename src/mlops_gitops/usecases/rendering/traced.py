"""A source tree that notes what was read of it, so that it can be told later whether the same would be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes, digest_of

_READ, _LISTED = "read", "listed"
Trace = list[list[str]]
"""What was done, to which path, and the digest of what came of it."""


@dataclass(frozen=True, slots=True)
class Traced:
    """``tree``, each folder of it listed once, and the trace of all that was asked."""

    tree: SourceTree
    _listings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[tuple[str, str], None] = field(default_factory=dict)
    _days: list[date | None] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        """As the tree reads it."""
        self._asked[_READ, path] = None
        return self.tree.read(path)

    def files(self, folder: str) -> tuple[str, ...]:
        """As the tree lists them."""
        self._asked[_LISTED, folder] = None
        return self._listing(folder)

    def outline(self, folder: str) -> tuple[str, ...]:
        """All of them, for what is kept is of the whole listing."""
        return self.files(folder)

    def committed_on(self) -> date | None:
        """As the tree says, asked once: a commit that is made meanwhile must not give two answers.  In no trace."""
        if not self._days:
            self._days.append(self.tree.committed_on())
        return self._days[0]

    def trace(self) -> Trace:
        """All that was asked until now."""
        return [[what, path, self._digest(what, path)] for what, path in self._asked]

    def holds(self, trace: Sequence[Sequence[str]]) -> bool:
        """Whether the tree would answer as it is traced; an empty trace is of nothing that was looked at."""
        return bool(trace) and all(self._digest(what, path) == digest for what, path, digest in trace)

    def digest(self, path: str) -> str:
        """Of a file's content, or of why it is not read."""
        return self._digest(_READ, path)

    def _listing(self, folder: str) -> tuple[str, ...]:
        if folder not in self._listings:
            self._listings[folder] = tuple(self.tree.files(folder))
        return self._listings[folder]

    def _digest(self, what: str, path: str) -> str:
        if what == _LISTED:
            return digest_of(self._listing(path))
        try:
            content = self.tree.read(path)
        except RefusedError as error:
            return f"refused: {error.what}"
        return "" if content is None else digest_bytes(content)
