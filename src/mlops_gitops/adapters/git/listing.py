"""Which files of a work tree count: those that git tracks or would add.

A scratch file that git ignores must not change what is compiled, or a clean clone would render other bytes.  Asked of
git as a program, once: the verbs that need nothing else of git start without its library.
"""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")


def git_listing(root: Path) -> Callable[[str], Iterable[str]] | None:
    """A listing for ``WorkTree``; ``None`` where ``root`` is in no repository or there is no git."""
    return listing_soon(root)()


def listing_soon(root: Path) -> Callable[[], Callable[[str], Iterable[str]] | None]:
    """As ``git_listing``, once it is called: until then git works beside us."""
    command = ["git", "-C", str(root), *_LIST]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return lambda: None

    def listing() -> Callable[[str], Iterable[str]] | None:
        told, _ = process.communicate()
        return None if process.returncode else _by_folder(told)

    return listing


def _by_folder(told: bytes) -> Callable[[str], Iterable[str]]:
    paths = sorted(name.decode("utf-8", "surrogateescape") for name in told.split(b"\0") if name)

    def below(folder: str) -> Iterable[str]:
        if not folder:
            return paths
        # Everything below a folder stands together in the sorted list, from "folder/" to before "folder0".
        return paths[bisect_left(paths, f"{folder}/") : bisect_left(paths, f"{folder}0")]

    return below


def git_head_date(root: Path) -> date | None:
    """The committer's day, in UTC, of the commit that is checked out; ``None`` where there is none."""
    told = ("git", "-C", str(root), "log", "-1", "--no-show-signature", "--format=%ct")
    try:
        done = subprocess.run(told, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return datetime.fromtimestamp(int(done.stdout), UTC).date() if done.stdout.strip() else None
