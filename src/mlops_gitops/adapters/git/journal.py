"""The note that a commit writes before it moves the branch, so that a crash after it can be mended.

Moving a branch and updating a work tree are two acts.  A kill between them would leave a tree that looks as if
somebody had staged the reverse of the commit, and the next `git commit` would quietly take the release back.  So the
note stands in the git folder from before the branch moves until the work tree has followed.  Its lock is the
kernel's: it ends with the process that held it, however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from mlops_gitops.adapters.git.build_commit import FileChange
from mlops_gitops.diagnostics import OutsideError, RefusedError

_LOCK_PATIENCE_S = 30.0
_LOCK_PAUSE_S = 0.05


class Journal:
    """The notes and the scratch folder of one work tree; each linked worktree has its own."""

    def __init__(self, git_dir: Path) -> None:
        self._folder = git_dir / "mlops-gitops"
        self._note = self._folder / "commit.json"
        self._scratch = self._folder / "scratch"

    @property
    def pending(self) -> bool:
        """Whether a note stands there."""
        return self._note.exists()

    @contextmanager
    def held(self) -> Iterator[Path]:
        """Hold the lock; gives an empty scratch folder. ``RefusedError`` while another holds it.

        An ``OSError`` of what is done meanwhile becomes an ``OutsideError``: it is this folder that was written.
        """
        try:
            self._folder.mkdir(exist_ok=True)
            with (self._folder / "lock").open("a") as lock:
                _wait_for(lock.fileno())
                shutil.rmtree(self._scratch, ignore_errors=True)
                self._scratch.mkdir()
                try:
                    yield self._scratch
                finally:
                    shutil.rmtree(self._scratch, ignore_errors=True)
        except OSError as error:
            raise _cannot_write(error) from error

    def write(self, changes: dict[str, FileChange]) -> None:
        """Note the files that are about to change, safely on disk before this returns."""
        fresh = self._note.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as stream:
            json.dump({path: asdict(change) for path, change in changes.items()}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self._note)

    def read(self) -> dict[str, FileChange]:
        """The noted files; none where there is no note."""
        if not self.pending:
            return {}
        noted = json.loads(self._note.read_text(encoding="utf-8"))
        return {path: FileChange(**change) for path, change in noted.items()}

    def clear(self) -> None:
        """Take the note away: the work tree has followed."""
        self._note.unlink(missing_ok=True)


def _wait_for(lock: int) -> None:
    until = time.monotonic() + _LOCK_PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise RefusedError(
                    "another mlops-gitops command is committing in this work tree", todo="wait for it, then try again"
                ) from None
            time.sleep(_LOCK_PAUSE_S)


def _cannot_write(error: OSError) -> OutsideError:
    return OutsideError(
        "the git folder cannot be written", where=error.filename or "", why=error.strerror or str(error)
    )
