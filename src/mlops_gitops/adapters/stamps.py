"""Stamps of files on this machine, and the clock that they are held against: the file system's own."""

from __future__ import annotations

import hashlib
import os
import stat
from array import array
from collections.abc import Sequence
from pathlib import Path

from mlops_gitops.records.stamp import Stamp


def stamp(folder: str, names: Sequence[str]) -> Stamp:
    """Of the files ``names`` (sorted) of a folder; those that are not there do not count."""
    values, there, newest = array("q"), list[str](), 0
    for name in names:
        try:
            told = os.lstat(f"{folder}/{name}")
        except OSError:
            continue
        if stat.S_ISLNK(told.st_mode):
            newest = max(newest, _led_to(f"{folder}/{name}", values))
        changed = told.st_ctime_ns
        values.extend((told.st_dev, told.st_ino, told.st_size, changed, told.st_mtime_ns, told.st_mode))
        there.append(name)
        # The time of the last change cannot be set by hand, as that of the content can.
        newest = max(newest, changed)
    digest = hashlib.blake2b("\0".join(there).encode("utf-8", "surrogateescape"), digest_size=16)
    digest.update(values.tobytes())
    return Stamp(digest.hexdigest(), newest)


def _led_to(link: str, values: array[int]) -> int:
    """A link's own data does not change with what it leads to."""
    try:
        told = Path(link).stat()
    except OSError:
        values.append(-1)
        return 0
    values.extend((told.st_dev, told.st_ino, told.st_size, told.st_ctime_ns, told.st_mtime_ns))
    return told.st_ctime_ns


class FileClock:
    """The file system's time, told by a file of ours: it comes from the same kernel, or file server, as all others'.

    Where that file cannot be written, or stands on another file system than the folder it is to tell the time of, the
    time is zero, and no stamp ever settles.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder

    def now(self) -> int:
        """In nanoseconds: whatever is changed later has this time or a later one."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                os.utime(descriptor)
                told = os.fstat(descriptor)
            finally:
                os.close(descriptor)
            return told.st_ctime_ns if told.st_dev == self._folder.stat().st_dev else 0
        except OSError:
            return 0
