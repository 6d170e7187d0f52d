"""``rendered/`` on disk: folders are staged in a place that git ignores, then swapped in one by one under a journal.

Everything in the making lies in ``rendered/.mlops-gitops/``, on the same file system as its target, so that putting it
in place is a rename.  Where the system can, a new folder and the old one trade places in one step (``exchange``), and
no moment is without either; elsewhere two renames do it, and a kill between them is completed by the next call.
Modes do not depend on the umask of whoever renders: git keeps only the executable bit, and so do we.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mlops_gitops.adapters.staging import STAGING, half_done
from mlops_gitops.adapters.stamps import stamp
from mlops_gitops.adapters.swap_journal import Step, SwapJournal, new_steps
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.rendered_tree import Swap
from mlops_gitops.records.stamp import Stamp

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class RenderedTreeOnDisk:
    """Writes below ``<root>/rendered``, and files outside of it that a ``Swap`` names."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / STAGING
        self._journal = SwapJournal(root, self._staging / "journal.json")

    def half_done(self) -> bool:
        """Whether anything is in the making; see the port."""
        return half_done(self._root)

    def recover(self) -> None:
        """Complete or undo; see the port."""
        if not self.half_done():
            return
        with _told("what a render that was killed left half done", self._staging), _umask(0o022):
            self._journal.play(self._journal.read())
            if self._staging.exists():
                shutil.rmtree(self._staging)

    def stage(self, folder: str, files: Mapping[str, bytes]) -> Stamp:
        """Write a folder where nobody sees it yet; see the port."""
        place = self._staging / "new" / folder
        with _told(f"rendered/{folder}", place), _umask(0o022):
            if place.exists():
                shutil.rmtree(place)
            _write(str(place), files)
            return stamp(str(place), sorted(files))

    def swap(self, swap: Swap) -> None:
        """All of it or nothing; see the port."""
        with _told("rendered", self._root / "rendered"), _umask(0o022):
            try:
                steps = self._steps(swap)
                self._journal.write(steps)
                self._journal.play(steps)
            finally:
                # Done, or undone; where neither could be, the journal stays, and what it needs with it.
                self.drop()

    def _steps(self, swap: Swap) -> list[Step]:
        outside = {path: f"outside/{number}" for number, path in enumerate(swap.outside)}
        _write(str(self._staging), {outside[path]: content for path, content in swap.outside.items()})
        changes: list[tuple[str, Path | None]] = [
            *((f"rendered/{folder}", self._staging / "new" / folder) for folder in swap.folders),
            *((f"rendered/{folder}", None) for folder in swap.gone),
            *((path, self._staging / staged) for path, staged in outside.items()),
            *((path, None) for path in swap.removed),
        ]
        return list(new_steps(self._staging, self._root, changes))

    def drop(self) -> None:
        """Forget what was staged; see the port.  What cannot be removed now is removed by the next ``recover``."""
        if self.half_done() and not self._journal.decided():
            shutil.rmtree(self._staging, ignore_errors=True)
            with suppress(OSError):  # It is not empty, as a rule: then nothing of it was made just for the staging.
                self._staging.parent.rmdir()


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    """New files below a folder; folders are made as they are needed."""
    made = set[str]()
    for path, content in files.items():
        place = f"{folder}/{path}"
        _make_folder(place.rpartition("/")[0], made)
        descriptor = os.open(place, _NEW_FILE, 0o644)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError as error:
            error.filename = place
            raise
        finally:
            os.close(descriptor)


def _make_folder(place: str, made: set[str]) -> None:
    """A folder, and those above it, each asked for once: ``made`` are there already."""
    if place in made:
        return
    with suppress(FileExistsError):
        try:
            os.mkdir(place)  # noqa: PTH102 - there are ten a project: to make a `Path` takes as long as the folder
        except FileNotFoundError:
            _make_folder(place.rpartition("/")[0], made)
            os.mkdir(place)  # noqa: PTH102
    made.add(place)


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    former = os.umask(mask)
    try:
        yield
    finally:
        os.umask(former)


@contextmanager
def _told(what: str, place: Path) -> Iterator[None]:
    """Trouble with the disk in our words."""
    try:
        yield
    except OSError as error:
        raise OutsideError(
            f"cannot write {what}",
            where=str(error.filename or place),
            why=error.strerror or str(error),
            todo="free or unlock the disk, then render again; the old files are still there",
        ) from error
