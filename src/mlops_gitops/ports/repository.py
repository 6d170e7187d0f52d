"""The git repository: the one place where state is kept, read at any commit and written by one careful method.

Paths are relative to the repository root of the product (the folder that holds ``projects/``), with ``/``.  Nothing
here moves HEAD to another branch, touches another file than those named, or needs the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a commit, as git writes it; raises ``ValueError`` on what git could not write."""

    name: str
    email: str

    def __post_init__(self) -> None:
        for field in (self.name, self.email):
            if not field.strip() or any(sign in field for sign in "\n\0<>"):
                raise ValueError(f"not a name or address that git can write: {field!r}")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """One commit of a history.

    ``boundary`` is true where a shallow clone ends: the commit looks as if it had made every file, though older
    commits may have, so nothing may be concluded about who wrote them.  ``committed_at`` has the committer's zone.
    """

    sha: str
    parents: tuple[str, ...]
    author: Author
    committed_at: datetime
    message: str
    boundary: bool = False

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


class HeadMoved(RefusedError):
    """Somebody moved the branch since the commit was prepared; nothing was changed: prepare it anew."""


class Repository(Protocol):
    """A repository with a work tree. Every method may raise ``OutsideError`` where git or the disk fails."""

    def head(self) -> str:
        """The commit that is checked out; ``UsageError`` where there is none yet."""
        ...

    def branch(self) -> str | None:
        """The branch that is checked out, without ``refs/heads/``; ``None`` on a detached HEAD."""
        ...

    def resolve(self, rev: str) -> str:
        """The full name of the commit that a revision stands for; ``UsageError`` where there is none."""
        ...

    def commit(self, rev: str) -> LoggedCommit:
        """One commit's author, time and message."""
        ...

    def is_dirty(self, paths: Iterable[str] = ()) -> tuple[str, ...]:
        """Files that differ from HEAD (edited, staged, or new), below the given paths or everywhere; sorted."""
        ...

    def tree(self, rev: str) -> SourceTree:
        """The files of a commit."""
        ...

    def work_tree(self) -> SourceTree:
        """The files on disk that git tracks or would add: what is ignored is not among them."""
        ...

    def log(self, path: str, rev: str = "HEAD") -> tuple[LoggedCommit, ...]:
        """The commits that changed a file, newest first."""
        ...

    def between(self, base: str, head: str) -> tuple[LoggedCommit, ...]:
        """The commits that ``head`` has and ``base`` has not, newest first."""
        ...

    def person(self) -> Author:
        """Who sits here, by git's own configuration; ``UsageError`` where it does not say."""
        ...

    def commit_files(
        self, files: Mapping[str, bytes | None], message: str, author: Author, *, parent: str | None = None
    ) -> str:
        """Commit exactly these files (``None``: deleted) on the branch that is checked out; the new commit's name.

        ``parent`` is the commit that the files were made for, HEAD where it is left out.  Where nothing differs from
        it, no commit is made and the parent's name comes back.  Raises ``RefusedError`` where one of the files has
        changes of its own or HEAD is detached, ``HeadMoved`` where the branch is no longer at ``parent``.
        """
        ...

    def mend(self) -> tuple[str, ...]:
        """Finish what a killed ``commit_files`` left: the files that were brought up to date."""
        ...
