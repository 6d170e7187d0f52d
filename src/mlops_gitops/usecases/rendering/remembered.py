"""A project's folder as a source tree that reads every file once, and knows the digest of all it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_of

# Files that large hold data, which no compiler reads: their digest is taken, and they are not kept.
_LARGE = 4 * 1024 * 1024


@dataclass(slots=True)
class Remembered:
    """``tree``, with the files below ``folder`` kept once they are read.

    ``escaped`` says that something else was read too, which ``digest`` does not cover.
    """

    tree: SourceTree
    folder: str
    escaped: bool = False
    _paths: tuple[str, ...] = ()
    _read: dict[str, bytes | RefusedError | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._paths = tuple(self.tree.files(self.folder))

    def digest(self) -> str:
        """Of the names and contents of all files below the folder; reads them."""
        return digest_of({path: self._digest(path) for path in self._paths})

    def read(self, path: str) -> bytes | None:
        """As the tree reads it."""
        if not path.startswith(f"{self.folder}/"):
            self.escaped = True
            return self.tree.read(path)
        found = self._read[path] if path in self._read else self._look(path)
        if isinstance(found, RefusedError):
            raise found
        return found

    def files(self, folder: str) -> Iterable[str]:
        """As the tree lists them."""
        if folder == self.folder:
            return self._paths
        if folder.startswith(f"{self.folder}/"):
            return [path for path in self._paths if path.startswith(f"{folder}/")]
        self.escaped = True
        return self.tree.files(folder)

    def outline(self, folder: str) -> Iterable[str]:
        """All of them, for what is kept is of the whole listing."""
        return self.files(folder)

    def committed_on(self) -> date | None:
        """As the tree says; no file of the folder."""
        self.escaped = True
        return self.tree.committed_on()

    def _look(self, path: str) -> bytes | RefusedError | None:
        try:
            found: bytes | RefusedError | None = self.tree.read(path)
        except RefusedError as error:
            found = error
        if not isinstance(found, bytes) or len(found) <= _LARGE:
            self._read[path] = found
        return found

    def _digest(self, path: str) -> str:
        found = self._look(path.rstrip("/"))
        if isinstance(found, RefusedError):
            return f"refused: {found.what}"
        return hashlib.sha256(found or b"").hexdigest()
