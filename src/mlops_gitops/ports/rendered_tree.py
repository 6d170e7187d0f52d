"""The rendered tree on disk, written a project's folder at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class RenderedTree(Protocol):
    """Atomic replacement below ``rendered/``; raises ``OutsideError`` on a full or read-only disk, nothing changed."""

    def recover(self) -> None:
        """Finish or undo what a killed call left half done, so that what is read next is whole."""
        ...

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Make ``rendered/<folder>`` hold exactly these files (paths relative to it); no files removes it."""
        ...

    def place(self, path: str, content: bytes) -> None:
        """Write one file that stands outside of ``rendered/``, whole or not at all; named from the repository root."""
        ...

    def remove(self, path: str) -> None:
        """Remove one file outside of the folders, named from the repository root."""
        ...
