"""The stamps of a work tree: of those files that count in it, as the tree itself lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.adapters.stamps import FileClock, stamp
from mlops_gitops.records.stamp import Stamp


@dataclass(frozen=True, slots=True)
class WorkTreeStamps:
    """``listing`` gives the paths below a folder, sorted; some may be gone."""

    root: Path
    listing: Callable[[str], Iterable[str]]
    timepiece: FileClock

    def clock(self) -> int:
        """See ``TreeStamps.clock``."""
        return self.timepiece.now()

    def listed(self, folder: str) -> Iterable[str]:
        """See ``TreeStamps.listed``."""
        return self.listing(folder)

    def folder(self, folder: str) -> Stamp:
        """See ``TreeStamps.folder``."""
        start = len(folder) + 1
        return stamp(f"{self.root}/{folder}", [path[start:] for path in self.listing(folder)])

    def files(self, paths: Sequence[str]) -> Stamp:
        """See ``TreeStamps.files``."""
        return stamp(str(self.root), paths)
