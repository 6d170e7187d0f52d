"""The files on disk as a source tree: what a person has just edited, committed or not.

Symbolic links are followed while they stay inside the root; one that leaves it is refused, so that no command reads
(and no rendered file shows) what stands outside of the repository.  What is there and is no file is refused as well: it
is not missing, and a pipe would never end.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError, RefusedError

_NEVER = frozenset({".git", ".mlops-gitops", "__pycache__"})
# A pipe is not waited for, and a link is not followed: both are looked at more closely.
_PLAINLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class WorkTree:
    """A ``SourceTree`` over the folder ``root``.

    ``listing`` gives the paths below a folder that count (those that git tracks or would add, say), sorted, so that an
    ignored file on one machine changes nothing; without it every file does, but for git's, our own and Python's caches.
    ``head_date`` is asked for the day of the commit that is checked out.
    """

    def __init__(
        self,
        root: Path,
        listing: Callable[[str], Iterable[str]] | None = None,
        head_date: Callable[[], date | None] | None = None,
    ) -> None:
        self.root, self.listing, self.head_date = root, listing, head_date
        # Whether a folder is reached without any link on the way, by path from the root.
        self._straight: dict[str, bool] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; ``None`` where there is none. Raises ``RefusedError`` where something else is there."""
        if "\0" in path:
            return None
        if self._is_straight(path.rpartition("/")[0]):
            try:
                content = self._read_plainly(path)
            except FileNotFoundError:  # Nothing stands there, not even a link.
                return None
            if content is not None:
                return content
        return self._read_closely(path)

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder, sorted, as paths from the root; see the port about links."""
        named = (self._named(path) for path in self.listed(folder))
        return sorted({path for path in named if path})

    def outline(self, folder: str) -> Iterable[str]:
        """The same, but of each folder in it one file only; see the port."""
        clean, done = _clean(folder), ""
        start = len(clean) + 1 if clean else 0
        for path in self.listed(clean):
            below, slash, _ = path[start:].partition("/")
            if not (slash and below == done) and (named := self._named(path)):
                done = below if slash else done
                yield named

    def listed(self, folder: str) -> Iterable[str]:
        """Every path below a folder that counts, sorted, without a look at each: some may be gone, some no files."""
        clean = _clean(folder)
        found = self.listing(clean) if self.listing else sorted(self._walk(clean))
        # A file's own name is no folder: nothing stands below it.
        return (path for path in found if path != clean)

    def _is_straight(self, folder: str) -> bool:
        known = self._straight.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            within = name not in ("", ".", "..") and self._is_straight(above)
            known = not folder or (within and not _is_link(f"{self.root}/{folder}"))
            self._straight[folder] = known
        return known

    def _read_plainly(self, path: str) -> bytes | None:
        """An ordinary file; nothing where a closer look is needed.  Raises ``FileNotFoundError``."""
        try:
            descriptor = os.open(f"{self.root}/{path}", _PLAINLY)
        except FileNotFoundError:
            raise
        except OSError:
            return None
        try:
            told = os.fstat(descriptor)
            if not stat.S_ISREG(told.st_mode):
                return None
            content = os.read(descriptor, told.st_size + 1)
            return content if len(content) == told.st_size else None
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def _read_closely(self, path: str) -> bytes | None:
        place = self._inside(path)
        try:
            if place.is_file():
                return place.read_bytes()
            if os.path.lexists(self.root / path):
                raise _no_file(self.root / path, path)
        except FileNotFoundError:  # It went away since.
            return None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return None
            raise OutsideError("a file cannot be read", where=path, why=error.strerror or str(error)) from error
        return None

    def committed_on(self) -> date | None:
        """The day of the commit that is checked out; ``None`` where there is none, or no repository."""
        return self.head_date() if self.head_date else None

    def _inside(self, path: str) -> Path:
        try:
            root = self.root.resolve()
            place = (root / path).resolve()
        except (OSError, RuntimeError) as error:
            if getattr(error, "errno", None) == errno.ENAMETOOLONG:
                return self.root / path
            # Links in a circle are a RuntimeError in Python 3.11 and 3.12.
            raise RefusedError("symbolic links go round in a circle", where=path, todo="remove one of them") from error
        if not place.is_relative_to(root):
            raise RefusedError(
                "a symbolic link leads out of the repository",
                where=path,
                todo="put the file itself into the repository",
            )
        return place

    def _named(self, path: str) -> str:
        """How a path is listed, if it is: ordinary files, and links; a link that leads to no file ends in a slash."""
        try:
            mode = os.lstat(f"{self.root}/{path}").st_mode
        except OSError:
            return ""
        if not stat.S_ISLNK(mode):
            return path if stat.S_ISREG(mode) else ""
        try:
            return path if self._inside(path).is_file() else f"{path}/"
        except RefusedError:
            return f"{path}/"

    def _walk(self, folder: str) -> Iterator[str]:
        top = self.root.resolve() / folder
        if top.resolve() != top:  # There is a link on the way.
            return
        for place, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name not in _NEVER]
            below = Path(place).relative_to(top).as_posix()
            for name in (*names, *(name for name in folders if (Path(place) / name).is_symlink())):
                yield "/".join(part for part in (folder, "" if below == "." else below, name) if part)


def _clean(folder: str) -> str:
    return "/".join(part for part in folder.split("/") if part not in ("", "."))


def _is_link(place: str) -> bool:
    """A name that no disk can hold is none."""
    try:
        return stat.S_ISLNK(os.lstat(place).st_mode)
    except OSError:
        return False


def _no_file(place: Path, path: str) -> RefusedError:
    """What stands in the place of a file."""
    link = "a symbolic link to " if place.is_symlink() else ""
    noun = "a folder" if place.is_dir() else "nothing" if not place.exists() else "something that is no file"
    return RefusedError(f"{link}{noun} stands where a file is read", where=path, todo="put the file itself there")
