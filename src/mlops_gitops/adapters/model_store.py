"""The model store as a folder of folders, ``models/<hex of the digest>``.

A package comes in under a temporary name, is flushed, checked against the digest and only then renamed: a folder
with a digest's name is whole or is not there.  Its files are made read-only, for nothing may change them.  A damaged
package is mended by putting it again: the damaged folder is moved aside first, not deleted.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.records.canonical import short
from mlops_gitops.stages.package_contents import check_contents, package_digest

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_INCOMING, _DAMAGED = ".incoming-", ".damaged-"
_LEFT_OVER_S = 3600


class FolderModelStore:
    """Implements ``ports.model_store.ModelStore`` below ``root``, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, folder: Path) -> str:
        """Copy a package folder in and return its digest."""
        digest = package_digest(folder)
        if self._is_whole(digest):
            return digest
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._remove_left_overs()
            incoming = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=self.root)) / "package"
            try:
                shutil.copytree(folder, incoming)
                _flush(incoming)
                check_contents(incoming, digest)
                self._take_in(incoming, digest)
            finally:
                shutil.rmtree(incoming.parent, ignore_errors=True)
        except OSError as error:
            todo = "check the disk's space and the folder's owner"
            raise OutsideError(
                "the model store cannot be written", where=str(self.root), why=str(error), todo=todo
            ) from error
        return digest

    def path(self, digest: str) -> Path:
        """The package's folder."""
        folder = self._folder(digest)
        if not folder.is_dir():
            todo = "run the pipeline again, or copy the package into the store"
            raise OutsideError(f"the model store lacks package {short(digest)}", where=str(folder), todo=todo)
        return folder

    def exists(self, digest: str) -> bool:
        """Whether the package is there."""
        return self._folder(digest).is_dir()

    def verify(self, digest: str) -> None:
        """Raise ``RefusedError`` unless the package's bytes still have its digest."""
        check_contents(self.path(digest), digest)

    def _folder(self, digest: str) -> Path:
        match = _DIGEST.fullmatch(digest)
        if not match:
            raise UsageError(f"not a digest: {digest[:80]!r}", todo="write it as sha256: and 64 hexadecimal digits")
        return self.root / match[1]

    def _is_whole(self, digest: str) -> bool:
        try:
            self.verify(digest)
        except (OutsideError, RefusedError):
            return False
        return True

    def _take_in(self, incoming: Path, digest: str) -> None:
        folder = self._folder(digest)
        if folder.exists() and not self._is_whole(digest):
            folder.rename(Path(tempfile.mkdtemp(prefix=_DAMAGED, dir=self.root)) / folder.name)
        try:
            incoming.rename(folder)
        except OSError:
            # Somebody else put the same package meanwhile: their copy is as good as ours.
            if not self._is_whole(digest):
                raise
        _flush_folder(self.root)

    def _remove_left_overs(self) -> None:
        """What a killed ``put`` left; younger ones may still be at work."""
        for left in self.root.glob(f"{_INCOMING}*"):
            if time.time() - left.stat().st_mtime > _LEFT_OVER_S:
                shutil.rmtree(left, ignore_errors=True)


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            _flush_folder(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o444)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
