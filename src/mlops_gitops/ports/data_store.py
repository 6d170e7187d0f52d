"""Versioned data files: a small pointer in git, the bytes in a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DataVersion:
    """One file's version: its MD5 as the pointer says, the pointer's git revision, and where the bytes are kept."""

    path: str
    md5: str
    rev: str
    url: str


class DataStore(Protocol):
    """Paths are relative to the repository root; a path is tracked when ``<path>.dvc`` stands beside it."""

    def fetch(self, path: str) -> bool:
        """Bring a tracked file into the work tree from the cache or a remote; whether it is there now."""
        ...

    def keep(self, path: str) -> None:
        """Put the bytes of a tracked file, unchanged since its pointer was written, into the cache."""
        ...

    def add(self, path: str) -> str:
        """Track a file, or its new contents: write the pointer and the cache; returns ``md5:…``."""
        ...

    def version(self, path: str) -> DataVersion:
        """What is recorded of a tracked file; raises ``OutsideError`` for an untracked path."""
        ...
