"""Killing a process at its n-th change of the disk, or failing it there.

The work runs in a forked child.  An audit hook there sees every call that changes names on the disk before it is made:
it counts them, and at one of them the child sends itself SIGKILL, or the call fails as on a full disk.
"""

from __future__ import annotations

import errno
import os
import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "tests.exchange"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def in_child(
    work: Callable[[], None], root: Path, at: int = 0, trouble: Literal["kill", "full"] = "kill"
) -> tuple[int, BaseException | None, bool]:
    """How many changes below ``root`` were counted, what ``work`` raised, and whether the child was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, root, at, trouble, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return at, None, True
    count, raised = pickle.loads(said)
    return count, raised, False


def _work(work: Callable[[], None], root: Path, at: int, trouble: str, writing: int) -> None:
    count, raised = 0, None

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if not _changes(event, arguments, str(root)):
            return
        count += 1
        if count == at and trouble == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if count == at:
            raise OSError(errno.ENOSPC, "No space left on device", str(arguments[0]))

    try:
        sys.addaudithook(hook)
        work()
    except BaseException as error:
        raised = error
    at = 0
    os.write(writing, pickle.dumps((count, raised)))
    os._exit(0)


def _changes(event: str, arguments: tuple[object, ...], root: str) -> bool:
    if event == "open":
        path, _, flags = arguments
        return isinstance(flags, int) and bool(flags & WRITING) and isinstance(path, str) and path.startswith(root)
    return event in CHANGES
