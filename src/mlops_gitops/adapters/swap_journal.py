"""The journal of a swap: what is to change, step by step, in such a form that each step can be done, seen and undone.

A step is known to be done by inode numbers: what was staged keeps its own when it is renamed into place.  So a journal
may be played any number of times, forwards after a kill, backwards after an error.  Where neither place holds the
inode (the whole repository was copied while a journal lay in it), the step is left alone: the target is old or new as
it is, and the next render looks at every byte of it anyway.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from mlops_gitops.adapters.exchange import exchange


@dataclass(frozen=True, slots=True)
class Step:
    """One name that changes: ``staged`` takes the place of ``target``, and what was there goes to ``kept``.

    Paths are relative to the repository root.  ``inode`` is that of what is staged; zero: the target just goes away.
    """

    target: str
    staged: str
    kept: str
    inode: int = 0

    def done(self, root: Path) -> bool:
        """Whether the target is new already."""
        return inode(root / self.target) == self.inode if self.inode else not os.path.lexists(root / self.target)

    def forwards(self, root: Path) -> None:
        """Do it, unless it is done."""
        target, staged, kept = root / self.target, root / self.staged, root / self.kept
        if self.done(root) or (self.inode and inode(staged) != self.inode):
            return
        if not self.inode:
            _move(target, kept)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            if target.is_dir() and exchange(staged, target):
                return  # What was there is now where the new one was staged.
            _keep(target, kept)
        _move(staged, target)

    def backwards(self, root: Path) -> None:
        """Undo it, if it is done, or half done without an exchange."""
        target, staged, kept = root / self.target, root / self.staged, root / self.kept
        if os.path.lexists(kept):
            if self.inode and target.is_dir():
                _move(target, staged)
            _move(kept, target)
        elif self.inode and self.done(root) and not (os.path.lexists(staged) and exchange(staged, target)):
            _move(target, staged)


def inode(path: Path) -> int:
    """The inode number of what stands there, links not followed; zero for nothing."""
    try:
        return path.lstat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return 0


class SwapJournal:
    """The file; there while a swap is decided and not yet known to be through."""

    def __init__(self, root: Path, path: Path) -> None:
        self._root = root
        self._path = path

    def write(self, steps: list[Step]) -> None:
        """Decide: from here on a kill is followed by going on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f"{self._path.name}.new")
        with new.open("w", encoding="utf-8") as file:
            json.dump([asdict(step) for step in steps], file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def read(self) -> list[Step]:
        """The steps; none where nothing is decided."""
        try:
            return [Step(**step) for step in json.loads(self._path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []

    def decided(self) -> bool:
        """Whether there is something to go on with."""
        return self._path.exists()

    def play(self, steps: list[Step]) -> None:
        """Do all steps; after an error undo them, and raise it.  Where undoing fails too, the journal stays."""
        try:
            for step in steps:
                step.forwards(self._root)
        except OSError:
            for step in reversed(steps):
                step.backwards(self._root)
            self._path.unlink()
            raise
        # A journal that is left over is played again, and finds all done.
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def new_steps(staging: Path, root: Path, names: list[tuple[str, Path | None]]) -> Iterator[Step]:
    """Steps for targets (from the root), each with what was staged for it, or nothing where it goes away."""
    kept = (staging / "kept").relative_to(root)
    for number, (target, staged) in enumerate(names):
        place = staged.relative_to(root).as_posix() if staged else ""
        yield Step(target, place, f"{kept.as_posix()}/{number}", inode(staged) if staged else 0)


def _keep(target: Path, kept: Path) -> None:
    """A file stays where it is until the new one takes its place; a folder has to make room."""
    if target.is_dir() and not target.is_symlink():
        _move(target, kept)
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    shutil.copy2(target, kept, follow_symlinks=False)


def _move(source: Path, target: Path) -> None:
    """Rename; a file may go to another file system by way of a copy beside the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV or source.is_dir():
            raise
        beside = target.with_name(f".new-{target.name}")
        shutil.copy2(source, beside)
        beside.replace(target)
        source.unlink()
