"""Where the outputs of stages are kept, by stage and key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry: its folder, the measurement's plain data, and the content digest of each output."""

    folder: Path
    measurement: dict[str, Any]
    digests: dict[str, str]


class StageCache(Protocol):
    """An entry is there whole or not at all."""

    def lock(self, stage: str, key: str, waiting: Callable[[], None]) -> AbstractContextManager[None]:
        """Hold a key; ``waiting`` is called once where another process holds it."""
        ...

    def load(self, stage: str, key: str) -> Kept | None:
        """The entry, or ``None`` where there is none or a damaged one."""
        ...

    def begin(self, stage: str, key: str) -> Path:
        """An empty folder for the outputs, on the cache's own disk; what a killed run left for this key is removed."""
        ...

    def commit(self, stage: str, key: str, folder: Path, outputs: dict[str, str]) -> Kept:
        """Turn a filled folder, whose ``result.json`` is the measurement, into the entry in one step."""
        ...

    def discard(self, folder: Path) -> None:
        """Remove a folder that ``begin`` gave."""
        ...
