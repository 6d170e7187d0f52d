"""Locks between processes: ``flock`` on a file that also says who holds it.

The kernel lets go of a lock when its holder dies, however it dies, so there are no stale locks; what the file says of
a holder is only read while somebody does hold it.  Children do not inherit the lock (descriptors close on exec).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError, RefusedError

_POLL_S = 0.05
_UNNAMED = "another command"


class FileLocks:
    """The ``Locks`` below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, name: str, verb: str, timeout_s: float, say: Callable[[str], None]) -> Iterator[None]:
        """See ``Locks.hold``."""
        path = self._folder / f"{name}.lock"
        descriptor = _open(path)
        try:
            _take(descriptor, path, name, timeout_s, say)
            holder = {"pid": os.getpid(), "verb": verb, "since": datetime.now(UTC).isoformat(timespec="seconds")}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
            yield
        finally:
            os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutsideError("a lock cannot be kept", where=str(path), why=error.strerror or str(error)) from error


def _take(descriptor: int, path: Path, name: str, timeout_s: float, say: Callable[[str], None]) -> None:
    until = time.monotonic() + timeout_s
    told, unnamed = False, 0
    while not _try(descriptor, path):
        holder = _holder(descriptor)
        unnamed += holder == _UNNAMED
        if time.monotonic() >= until:
            raise RefusedError(
                f"{name} is locked by {holder}",
                where=str(path),
                why=f"waited {timeout_s:g} s for it; nothing was changed",
                todo="try again when it is through, or wait longer with --lock-timeout",
            )
        if not told and (holder != _UNNAMED or unnamed > 1):  # between taking it and saying who it is lies a moment
            say(f"{name} is locked by {holder}: waiting up to {timeout_s:g} s")
            told = True
        time.sleep(_POLL_S)


def _try(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise OutsideError("a lock cannot be kept", where=str(path), why=error.strerror or str(error)) from error
    return True


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"`{holder['verb']}` (process {holder['pid']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        # The lock was taken a moment ago and the holder has not said yet who it is.
        return _UNNAMED
