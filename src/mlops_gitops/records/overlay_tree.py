"""A tree of files with changes laid over it: what a commit would hold, before it is made.

Pure: the tree below is only read, and only where a change does not already answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class ReadableTree(Protocol):
    """What an overlay needs of the tree below; every source tree has it."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or ``None``."""
        ...

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder."""
        ...

    def outline(self, folder: str) -> Iterable[str]:
        """The same, or one file of each folder in it."""
        ...

    def committed_on(self) -> date | None:
        """The day of the commit that the files stand on."""
        ...


@dataclass(frozen=True, slots=True)
class OverlayTree:
    """``below`` with ``changes`` on top: bytes replace or add a file, ``None`` takes it away."""

    below: ReadableTree
    changes: Mapping[str, bytes | None]

    def read(self, path: str) -> bytes | None:
        """The changed bytes where there is a change, else those below."""
        return self.changes[path] if path in self.changes else self.below.read(path)

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder, sorted, as paths from the root."""
        prefix = f"{folder.strip('/')}/" if folder.strip("/.") else ""
        kept = {path for path in self.below.files(folder) if path not in self.changes}
        added = {path for path, content in self.changes.items() if content is not None and path.startswith(prefix)}
        return sorted(kept | added)

    def outline(self, folder: str) -> Iterable[str]:
        """All of them: what is taken away may have been the only file of a folder."""
        return self.files(folder)

    def committed_on(self) -> date | None:
        """The day of the tree below: what is laid over it is no commit yet."""
        return self.below.committed_on()

    def difference(self) -> dict[str, bytes | None]:
        """The changes that really differ from the tree below, by path."""
        return {path: new for path, new in sorted(self.changes.items()) if self.below.read(path) != new}
