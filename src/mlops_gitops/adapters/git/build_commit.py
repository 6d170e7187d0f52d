"""Building a commit beside the user's work: new blobs, a temporary index, a tree, a commit object.

Nothing that a person sees changes here: until a branch points at it, the commit is only an object that git's garbage
collection may take away.  ``commit-tree`` runs no hook and signs nothing; of git's hooks only ``reference-transaction``
sees the branch move later.  The bytes are committed as they are, whatever filters ``.gitattributes`` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.adapters.git.command import GitCommand
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.repository import Author

_ORDINARY = ("100644", "100755")
_AT_ONCE = 500  # Paths a command line; all of a large tree's would not fit on one.


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit: its blob in the parent and in the commit, ``None`` where it is absent, and its mode."""

    old: str | None
    new: str | None
    mode: str


@dataclass(frozen=True, slots=True)
class BuiltCommit:
    """A commit object and the files in which it differs from its parent, by path from the top folder."""

    sha: str
    parent: str
    changes: Mapping[str, FileChange]


def build_commit(
    git: GitCommand, parent: str, files: Mapping[str, bytes | None], message: str, author: Author, scratch: Path
) -> BuiltCommit | None:
    """The commit of ``files`` on top of ``parent``; ``None`` where nothing differs. ``scratch`` is an empty folder."""
    changes = _changes(git, parent, files, scratch)
    if not changes:
        return None
    index = {"GIT_INDEX_FILE": str(scratch / "index")}
    git.run("read-tree", parent, env=index)
    git.run("update-index", "-z", "--index-info", stdin=index_info(changes, len(parent)), env=index)
    tree = git.run("write-tree", env=index).decode().strip()
    note = scratch / "message"
    note.write_text(message, encoding="utf-8")
    identity = {f"GIT_{role}_{field.upper()}": getattr(author, field) for role in _ROLES for field in ("name", "email")}
    told = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, "-p", parent, "-F", str(note))
    return BuiltCommit(git.run(*told, env=identity).decode().strip(), parent, changes)


_ROLES = ("AUTHOR", "COMMITTER")


def index_info(changes: Mapping[str, FileChange], id_length: int) -> bytes:
    """Input of ``update-index --index-info``: deletions first, so that a folder may take the place of a file."""
    gone = [f"0 {'0' * id_length}\t{path}" for path, change in changes.items() if change.new is None]
    there = [f"{change.mode} {change.new}\t{path}" for path, change in changes.items() if change.new is not None]
    return "".join(f"{line}\0" for line in gone + there).encode("utf-8", "surrogateescape")


def blobs(git: GitCommand, rev: str, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Mode and object of each of the paths that is an entry of the commit's tree."""
    found: dict[str, tuple[str, str]] = {}
    for some in chunks(paths):
        for line in split(git.run("ls-tree", "-z", "--full-tree", rev, "--", *some)):
            what, _, path = line.partition("\t")
            mode, _, object_id = what.split(" ")
            found[path] = (mode, object_id)
    return found


def chunks(paths: Iterable[str]) -> Iterator[list[str]]:
    """The paths in groups that fit on a command line."""
    rest = sorted(paths)
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


def split(output: bytes) -> list[str]:
    """The entries of an answer that ends each with NUL."""
    return [entry for entry in output.decode("utf-8", "surrogateescape").split("\0") if entry]


def _changes(git: GitCommand, parent: str, files: Mapping[str, bytes | None], scratch: Path) -> dict[str, FileChange]:
    before = blobs(git, parent, files)
    for path, (mode, _) in before.items():
        if mode not in _ORDINARY:
            raise RefusedError(
                "a link, folder or submodule stands where a file is to be committed", where=path, todo="remove it first"
            )
    after = _written(git, {path: content for path, content in files.items() if content is not None}, scratch)
    changes: dict[str, FileChange] = {}
    for path in sorted(files):
        mode, old = before.get(path, (_ORDINARY[0], None))
        if old != after.get(path):
            changes[path] = FileChange(old, after.get(path), mode)
    return changes


def _written(git: GitCommand, contents: Mapping[str, bytes], scratch: Path) -> dict[str, str]:
    """The contents as blobs, written by one process: their objects by path."""
    names = []
    for number, content in enumerate(contents.values()):
        place = scratch / f"blob-{number}"
        place.write_bytes(content)
        names.append(str(place))
    told = ("hash-object", "-w", "--no-filters", "--stdin-paths")
    ids = git.run(*told, stdin="\n".join(names).encode()).decode().split() if names else []
    return dict(zip(contents, ids, strict=True))
