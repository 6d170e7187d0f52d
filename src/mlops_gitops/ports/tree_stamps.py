"""What tells, without reading a file, whether a tree's files are what they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from mlops_gitops.records.stamp import Stamp


class TreeStamps(Protocol):
    """Stamps of a source tree's files."""

    def clock(self) -> int:
        """The time now: whatever is changed later has this time or a later one.  Zero where it cannot be told."""
        ...

    def listed(self, folder: str) -> Iterable[str]:
        """Every path below a folder that counts, sorted; unlike a tree's ``files``, without a look at each."""
        ...

    def folder(self, folder: str) -> Stamp:
        """Of every file below a folder that counts."""
        ...

    def files(self, paths: Sequence[str]) -> Stamp:
        """Of these files, named from the root."""
        ...
