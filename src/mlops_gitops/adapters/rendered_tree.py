"""``rendered/`` on disk: each project's folder is built beside the old one and swapped in by two renames.

The names tell a later call what a killed one was doing: ``.new-<folder>`` is unfinished work and is dropped;
``.old-<folder>`` without ``<folder>`` means that the kill came between the renames, and the old one is put back.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError


class RenderedTreeOnDisk:
    """Writes below ``<root>/rendered``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rendered = root / "rendered"

    def recover(self) -> None:
        """Undo what a killed call left half done."""
        if not self._rendered.is_dir():
            return
        for leftover in self._rendered.glob(".new-*"):
            shutil.rmtree(leftover)
        for leftover in self._rendered.glob(".old-*"):
            folder = self._rendered / leftover.name.removeprefix(".old-")
            if folder.exists():
                shutil.rmtree(leftover)
            else:
                leftover.rename(folder)

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Swap a folder's whole content; see the port."""
        target, new, old = (self._rendered / name for name in (folder, f".new-{folder}", f".old-{folder}"))
        try:
            self.recover()
            for path, content in files.items():
                file = new / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
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
            raise OutsideError(
                f"cannot write rendered/{folder}",
                where=str(error.filename or target),
                why=error.strerror or str(error),
                todo="free or unlock the disk, then render again; the old files are still there",
            ) from error

    def remove(self, path: str) -> None:
        """Remove one stray file."""
        (self._root / path).unlink(missing_ok=True)
