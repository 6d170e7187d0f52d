"""Which files of a work tree count: those that git tracks or would add.

A scratch file that git ignores must not change what is compiled, or a clean clone would render other bytes.  Asked of
git as a program, once: the verbs that need nothing else of git start without its library.
"""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")


def git_listing(root: Path) -> Callable[[str], Iterable[str]] | None:
    """A listing for ``WorkTree``; ``None`` where ``root`` is in no repository or there is no git."""
    return listing_soon(root)()


def listing_soon(root: Path, *first: str) -> Callable[[], Callable[[str], Iterable[str]] | None]:
    """As ``git_listing``, once it is called: until then git works beside us.

    ``first`` are folders that will be asked for; all others are listed only when somebody asks for one of them.
    """
    process = _started(root, first)

    def listing() -> Callable[[str], Iterable[str]] | None:
        paths = _paths(process)
        return None if paths is None else _Listing(root, first, paths).below

    return listing


class _Listing:
    """What git told of some folders, and of the whole tree as soon as it is needed; of all where none is named."""

    def __init__(self, root: Path, folders: Sequence[str], paths: Sequence[str]) -> None:
        self._root, self._folders, self._paths = root, folders, paths

    def below(self, folder: str) -> Iterable[str]:
        """The paths below a folder, sorted."""
        if self._folders and not any(f"{folder}/".startswith(f"{known}/") for known in self._folders):
            paths = _paths(_started(self._root))
            if paths is None:  # An empty listing would read as if all files were gone.
                raise OutsideError(
                    "git cannot list the files", where=str(self._root), todo="look at `git status` there"
                )
            self._folders, self._paths = (), paths
        if not folder:
            return self._paths
        # Everything below a folder stands together in the sorted list, from "folder/" to before "folder0".
        return self._paths[bisect_left(self._paths, f"{folder}/") : bisect_left(self._paths, f"{folder}0")]


def _started(root: Path, folders: Sequence[str] = ()) -> subprocess.Popen[bytes] | None:
    command = ["git", "-C", str(root), *_LIST, "--", *folders]
    try:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None


def _paths(process: subprocess.Popen[bytes] | None) -> list[str] | None:
    if process is None:
        return None
    told, _ = process.communicate()
    return None if process.returncode else sorted(filter(None, told.decode("utf-8", "surrogateescape").split("\0")))


def git_head_date(root: Path) -> date | None:
    """The committer's day, in UTC, of the commit that is checked out; ``None`` where there is none."""
    told = ("git", "-C", str(root), "log", "-1", "--no-show-signature", "--format=%ct")
    try:
        done = subprocess.run(told, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return datetime.fromtimestamp(int(done.stdout), UTC).date() if done.stdout.strip() else None
