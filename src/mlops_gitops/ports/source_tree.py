"""A tree of source files: the work tree, or one git commit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class SourceTree(Protocol):
    """Read-only files; paths are relative to the repository root, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; ``None`` where there is none. Raises ``OutsideError`` where it cannot be read."""
        ...

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder, sorted, as paths from the root."""
        ...
