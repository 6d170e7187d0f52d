"""Histories: the commits that git's log lists, as records.

Where a shallow clone ends, git makes up a commit without parents that seems to have written every file; such commits
are marked, for nothing about authorship may be read from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mlops_gitops.adapters.git.command import GitCommand
from mlops_gitops.ports.repository import Author, LoggedCommit

# Name, parents, author, author's address, committer's date, message; NUL ends each commit.
_FORMAT = "--format=%H%n%P%n%an%n%ae%n%cI%n%B"
_PLAIN = ("-z", "--no-color", "--no-show-signature", "--no-notes", "--no-mailmap", "--encoding=UTF-8", _FORMAT)


def log(git: GitCommand, rev: str, path: str) -> tuple[LoggedCommit, ...]:
    """The commits reachable from ``rev`` that changed ``path`` (from the top folder), newest first."""
    return tuple(_parse(git.run("-c", "log.follow=false", "log", *_PLAIN, rev, "--", path), _boundaries(git)))


def between(git: GitCommand, base: str, head: str) -> tuple[LoggedCommit, ...]:
    """The commits reachable from ``head`` and not from ``base``, newest first."""
    return tuple(_parse(git.run("log", *_PLAIN, head, f"^{base}", "--"), _boundaries(git)))


def one(git: GitCommand, sha: str) -> LoggedCommit:
    """A single commit."""
    return next(_parse(git.run("log", *_PLAIN, "--no-walk", sha, "--"), _boundaries(git)))


def _parse(output: bytes, boundaries: frozenset[str]) -> Iterator[LoggedCommit]:
    for entry in output.decode("utf-8", "replace").split("\0"):
        if not entry.strip():
            continue
        sha, parents, name, email, date, message = entry.split("\n", 5)
        yield LoggedCommit(
            sha=sha,
            parents=tuple(parents.split()),
            author=Author(_clean(name), _clean(email)),
            committed_at=datetime.fromisoformat(date),
            message=message,
            boundary=sha in boundaries,
        )


def _clean(field: str) -> str:
    """A name or address as git would write it: other programs have put stranger ones into histories."""
    return "".join(sign for sign in field if sign not in "<>\0").strip() or "unknown"


def _boundaries(git: GitCommand) -> frozenset[str]:
    """The commits whose parents a shallow clone lacks."""
    place = git.toplevel / git.word("rev-parse", "--git-path", "shallow")
    return frozenset(place.read_text().split()) if place.is_file() else frozenset()
