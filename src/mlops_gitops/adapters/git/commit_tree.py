"""The files of one commit, read from git's objects alone: what the work tree holds plays no part.

Tree objects are read when a path first leads through them, and kept; a tree's content never changes, so all commits
of one repository share what was read.  Symbolic links are followed inside the tree, as the disk would; one that leads
out of it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from mlops_gitops.adapters.git.command import GitCommand
from mlops_gitops.diagnostics import RefusedError

FOLDER, LINK, SUBMODULE = "40000", "120000", "160000"
_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a tree object: its mode as git writes it (octal text), and the object it stands for."""

    mode: str
    object_id: str


@dataclass(slots=True)
class TreeObjects:
    """The tree objects read so far, by object name."""

    git: GitCommand
    known: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def entries(self, object_id: str) -> dict[str, Entry]:
        """The names in one tree object."""
        if object_id not in self.known:
            self.known[object_id] = dict(_parse(self.git.read_object(object_id), len(object_id) // 2))
        return self.known[object_id]


def _parse(content: bytes, id_size: int) -> Iterator[tuple[str, Entry]]:
    """Git's tree format, entry after entry: mode, space, name, NUL, the object's name in binary."""
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        mode, name = content[at:space].decode(), content[space + 1 : end].decode("utf-8", "surrogateescape")
        at = end + 1 + id_size
        yield name, Entry(mode, content[end + 1 : at].hex())


def committer_day(commit: bytes) -> date:
    """The day in a commit object's line ``committer NAME <ADDRESS> SECONDS ZONE``, in UTC."""
    (line,) = (one for one in commit.partition(b"\n\n")[0].split(b"\n") if one.startswith(b"committer "))
    return datetime.fromtimestamp(int(line.split(b" ")[-2]), UTC).date()


@dataclass(frozen=True, slots=True)
class CommitTree:
    """A ``SourceTree`` over a commit; ``root`` is the object of its top folder, ``None`` where it has none."""

    objects: TreeObjects
    root: str | None
    commit: str = ""

    def outline(self, folder: str) -> Iterable[str]:
        """All of them: git's objects know what is a file."""
        return self.files(folder)

    def committed_on(self) -> date | None:
        """The commit's day, by its committer, in UTC."""
        return committer_day(self.objects.git.read_object(self.commit)) if self.commit else None

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; ``None`` where there is none. Raises ``RefusedError`` where something else is there."""
        entry = self.entry(path)
        if entry is not None and entry.mode != FOLDER:
            return self.objects.git.read_object(entry.object_id)
        link = self._is_link(path)
        if entry is None and not link:
            return None
        what = f"{'a symbolic link to ' if link else ''}{'a folder' if entry else 'nothing'}"
        raise RefusedError(f"{what} stands where a file is read", where=path, todo="put the file itself there")

    def files(self, folder: str) -> Iterable[str]:
        """Every file below a folder, sorted, as paths from the root; see the port about links."""
        parts = [part for part in folder.split("/") if part not in ("", ".")]
        here = self.root
        for name in parts:
            entry = self.objects.entries(here).get(name) if here else None
            here = entry.object_id if entry and entry.mode == FOLDER else None
        return sorted(self._below(here, "".join(f"{part}/" for part in parts))) if here else []

    def entry(self, path: str) -> Entry | None:
        """What a path leads to, links followed: a file or a folder."""
        if self.root is None:
            return None
        steps, folders, links = path.split("/"), [self.root], 0
        here: Entry | None = Entry(FOLDER, self.root)
        while steps:
            name = steps.pop(0)
            if name == "..":
                folders.pop()
                if not folders:
                    raise _leaves(path)
            if name in ("", ".", ".."):
                here = Entry(FOLDER, folders[-1])
                continue
            here = self.objects.entries(folders[-1]).get(name)
            if here is not None and here.mode == LINK:
                links += 1
                steps = self._target(here, path, links) + steps
                here = Entry(FOLDER, folders[-1])
            elif here is not None and here.mode == FOLDER:
                folders.append(here.object_id)
            elif here is None or here.mode == SUBMODULE or steps:
                return None
        return here

    def _target(self, link: Entry, path: str, links: int) -> list[str]:
        target = self.objects.git.read_object(link.object_id).decode("utf-8", "surrogateescape")
        if links > _MOST_LINKS:
            raise RefusedError("symbolic links go round in a circle", where=path, todo="remove one of them")
        if target.startswith("/"):
            raise _leaves(path)
        return target.split("/")

    def _below(self, folder_id: str, prefix: str) -> Iterator[str]:
        for name, entry in self.objects.entries(folder_id).items():
            path = prefix + name
            if entry.mode == FOLDER:
                yield from self._below(entry.object_id, f"{path}/")
            elif entry.mode != SUBMODULE:
                yield path if entry.mode != LINK or self._is_file(path) else f"{path}/"

    def _is_file(self, path: str) -> bool:
        """Whether a link leads to a file of the tree."""
        try:
            entry = self.entry(path)
        except RefusedError:
            return False
        return entry is not None and entry.mode != FOLDER

    def _is_link(self, path: str) -> bool:
        """Whether the path's last name is a link."""
        folder, _, name = path.rstrip("/").rpartition("/")
        parent = self.entry(folder)
        entry = self.objects.entries(parent.object_id).get(name) if parent and parent.mode == FOLDER else None
        return entry is not None and entry.mode == LINK


def _leaves(path: str) -> RefusedError:
    return RefusedError(
        "a symbolic link leads out of the repository", where=path, todo="put the file itself into the repository"
    )
