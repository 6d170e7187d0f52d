"""``rendered/`` on disk: each project's folder is built beside the old one and swapped in by two renames.

The names tell a later call what a killed one was doing: ``.new-<folder>`` is unfinished work and is dropped;
``.old-<folder>`` without ``<folder>`` means that the kill came between the renames, and the old one is put back.
Modes do not depend on the umask of whoever renders: git keeps only the executable bit, and so do we.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError

_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


class RenderedTreeOnDisk:
    """Writes below ``<root>/rendered``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rendered = root / "rendered"

    def recover(self) -> None:
        """Undo what a killed call left half done; see the port."""
        try:
            self._recover()
        except OSError as error:
            raise _trouble("rendered", self._rendered, error) from error

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Swap a folder's whole content; see the port."""
        target, new, old = (self._rendered / name for name in (folder, f".new-{folder}", f".old-{folder}"))
        try:
            self._recover()
            if files:
                _write(new, files)
            if target.exists():
                target.rename(old)
            if files:
                new.rename(target)
            if old.exists():
                shutil.rmtree(old)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            if old.exists() and not target.exists():
                old.rename(target)
            raise _trouble(f"rendered/{folder}", target, error) from error

    def place(self, path: str, content: bytes) -> None:
        """Write one file outside of ``rendered/``; see the port."""
        target = self._root / path
        new = target.with_name(f".new-{target.name}")
        try:
            _make(target.parent)
            _write_file(new, content)
            new.replace(target)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise _trouble(path, target, error) from error

    def remove(self, path: str) -> None:
        """Remove one file outside of the folders; see the port."""
        try:
            (self._root / path).unlink(missing_ok=True)
        except OSError as error:
            raise _trouble(path, self._root / path, error) from error

    def _recover(self) -> None:
        if not self._rendered.is_dir():
            return
        for leftover in sorted(self._rendered.glob(".new-*")):
            shutil.rmtree(leftover)
        for leftover in sorted(self._rendered.glob(".old-*")):
            folder = self._rendered / leftover.name.removeprefix(".old-")
            if folder.exists():
                shutil.rmtree(leftover)
            else:
                leftover.rename(folder)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    _make(folder)
    for path, content in files.items():
        file = folder / path
        for parent in reversed(file.relative_to(folder).parents):
            _make(folder / parent)
        _write_file(file, content)


def _write_file(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(_FILE_MODE)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(_FOLDER_MODE)


def _trouble(what: str, place: Path, error: OSError) -> OutsideError:
    return OutsideError(
        f"cannot write {what}",
        where=str(error.filename or place),
        why=error.strerror or str(error),
        todo="free or unlock the disk, then render again; the old files are still there",
    )
