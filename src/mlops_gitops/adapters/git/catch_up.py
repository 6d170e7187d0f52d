"""Bringing the work tree and the user's index up to a commit, for exactly its files, and only where nothing is lost.

A file may stand in three places: HEAD, the index, the disk.  It is *free* while index and disk each hold either the
old or the new content; anything else is somebody's work.  Only free places are written, so the same function serves
right after a commit and long after a crash, and doing it twice does nothing.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.adapters.git.build_commit import FileChange, chunks, index_info, split
from mlops_gitops.adapters.git.command import GitCommand, failure
from mlops_gitops.diagnostics import OutsideError

_SOMEBODYS = "somebody's"  # Stands for a content that is neither a known blob nor absence.
_LOCK_PATIENCE_S = 5.0
_LOCK_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Places:
    """What index and disk hold for one path: a blob, ``None`` for no file, or a word that is no blob.

    ``sparse``: git was told to keep the file off the disk (a sparse checkout), and it is.
    """

    index: str | None
    disk: str | None
    sparse: bool = False


def places(git: GitCommand, paths: Iterable[str]) -> dict[str, Places]:
    """Index and disk for each path."""
    wanted = sorted(paths)
    index, skipped = _in_index(git, wanted)
    disk = _on_disk(git, wanted)
    return {
        path: Places(index.get(path), index.get(path), sparse=True)
        if path in skipped and disk.get(path) is None
        else Places(index.get(path), disk.get(path))
        for path in wanted
    }


def occupied(changes: Mapping[str, FileChange], now: Mapping[str, Places]) -> list[str]:
    """The files whose index or disk content would be lost."""
    return [path for path, change in changes.items() if not {now[path].index, now[path].disk} <= _states(change)]


def bring_up(git: GitCommand, changes: Mapping[str, FileChange]) -> list[str]:
    """Write the new content to disk and index wherever the old one stands; the paths that were written.

    The files come first and the index last: an index entry that is new says that its file was looked after.
    """
    now = places(git, changes)
    touched = set()
    for path in sorted(changes, key=lambda path: changes[path].new is not None):  # Deletions first.
        change, here = changes[path], now[path]
        if here.disk == change.old and not here.sparse:
            _write(git.toplevel, path, change, git)
            touched.add(path)
    behind = {path: change for path, change in changes.items() if now[path].index == change.old}
    if behind:
        _with_patience(git, "update-index", "-z", "--index-info", stdin=index_info(behind, _id_length(behind)))
        hidden = [path for path, change in behind.items() if now[path].sparse and change.new is not None]
        if hidden:
            names = "".join(f"{path}\0" for path in hidden).encode("utf-8", "surrogateescape")
            _with_patience(git, "update-index", "--skip-worktree", "-z", "--stdin", stdin=names)
        git.attempt("update-index", "-q", "--refresh")  # Only spares `git status` some reading.
    return sorted(touched | set(behind))


def remove_leftovers(top: Path, paths: Iterable[str]) -> None:
    """Take away the half-written files of a killed run."""
    for path in paths:
        with suppress(NotADirectoryError):
            _new_name(top / path).unlink(missing_ok=True)


def _states(change: FileChange) -> set[str | None]:
    return {change.old, change.new}


def _id_length(changes: Mapping[str, FileChange]) -> int:
    return next(len(name) for change in changes.values() if (name := change.new or change.old))


def _in_index(git: GitCommand, paths: list[str]) -> tuple[dict[str, str], set[str]]:
    """The blob of each path that the index has, and the paths that git keeps off the disk."""
    found: dict[str, str] = {}
    skipped: set[str] = set()
    for some in chunks(paths):
        for line in split(git.run("ls-files", "-z", "-t", "--stage", "--", *some)):
            what, _, path = line.partition("\t")
            tag, mode, object_id, stage = what.split(" ")
            found[path] = object_id if stage == "0" and mode.startswith("100") else _SOMEBODYS
            if tag == "S":
                skipped.add(path)
    return found, skipped


def _on_disk(git: GitCommand, paths: list[str]) -> dict[str, str]:
    """The blob that each file would become if it were added now (the repository's filters applied)."""
    found: dict[str, str] = {}
    ordinary = []
    for path in paths:
        kind = _kind(git.toplevel, path)
        if kind == "file":
            ordinary.append(path)
        elif kind:
            found[path] = _SOMEBODYS
    if ordinary:
        ids = git.run("hash-object", "--stdin-paths", stdin="\n".join(ordinary).encode("utf-8", "surrogateescape"))
        found |= dict(zip(ordinary, ids.decode().split(), strict=True))
    return found


def _kind(top: Path, path: str) -> str:
    """``file``, nothing, or a word for what stands in the way there (a link above it, a folder, a device)."""
    place = top / path
    for parent in reversed(place.relative_to(top).parents[:-1]):
        above = top / parent
        if above.is_symlink() or (above.exists() and not above.is_dir()):
            return "blocked"
    if place.is_symlink():
        return "link"
    if not place.exists():
        return ""
    return "file" if place.is_file() else "other"


def _write(top: Path, path: str, change: FileChange, git: GitCommand) -> None:
    """Replace, add or remove one file; at any moment the old or the new content stands there whole."""
    place = top / path
    try:
        if change.new is None:
            place.unlink(missing_ok=True)
            _prune(top, place.parent)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = _new_name(place)
        fresh.write_bytes(git.read_object(change.new))
        if place.exists():
            fresh.chmod(stat.S_IMODE(place.stat().st_mode))
        elif change.mode == "100755":
            fresh.chmod(fresh.stat().st_mode | 0o111)
        fresh.replace(place)
    except OSError as error:
        raise OutsideError(
            "a committed file could not be written to the work tree",
            where=path,
            why=error.strerror or str(error),
            todo="the commit is made; mend the cause and run the same command again, it finishes the rest",
        ) from error


def _new_name(place: Path) -> Path:
    return place.with_name(f".{place.name}.mlops-gitops-new")


def _prune(top: Path, folder: Path) -> None:
    """Take away the folders that a deletion left empty, as git does."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:  # Not empty: it has to stay.
            return
        folder = folder.parent


def _with_patience(git: GitCommand, *arguments: str, stdin: bytes) -> None:
    """Run a command that needs the index lock; editors take it for moments."""
    until = time.monotonic() + _LOCK_PATIENCE_S
    while True:
        status, _, trouble = git.attempt(*arguments, stdin=stdin)
        if status == 0:
            return
        if "index.lock" not in trouble or time.monotonic() > until:
            raise failure(arguments, trouble)
        time.sleep(_LOCK_PAUSE_S)
