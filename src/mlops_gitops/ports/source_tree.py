"""A tree of source files: the work tree, or one git commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol


class SourceTree(Protocol):
    """Read-only files; paths are relative to the repository root, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; ``None`` where there is none.

        Raises ``RefusedError`` where a link leaves the tree or what is there is no file, and ``OutsideError`` where it
        cannot be read.
        """
        ...

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder, sorted, as paths from the root.

        A link that leads to no file of the tree (but to a folder, or out) ends in a slash: reading it says why.
        """
        ...

    def outline(self, folder: str) -> Iterable[str]:
        """The same, of which may be left out all but one file of each folder in it: which folders there are.

        For a tree that has to look at each file: at those of a thousand projects, to read one.
        """
        ...

    def committed_on(self) -> date | None:
        """The day of the commit that the files are, or stand on: its committer's, in UTC. ``None`` before the first."""
        ...
