"""Where model packages live, by the digest of their contents."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class ModelStore(Protocol):
    """Packages that never change: the same digest is the same bytes. Digests are written ``sha256:…``."""

    def put(self, folder: Path) -> str:
        """Copy a package folder in and return its digest; safe to repeat, and to kill. Raises ``OutsideError``."""
        ...

    def path(self, digest: str) -> Path:
        """The package's folder, to read from; raises ``OutsideError`` where the store lacks it."""
        ...

    def exists(self, digest: str) -> bool:
        """Whether the package is there; raises ``UsageError`` on what is no digest."""
        ...

    def verify(self, digest: str) -> None:
        """Raise ``RefusedError``, saying what differs, unless the package's bytes still have its digest."""
        ...
