"""The repository port over git itself.

A commit is made in this order, and may be killed anywhere: (1) objects and a temporary index, which nobody sees;
(2) a note of the files, in the git folder; (3) the branch moves, if it still is where the commit was made for; (4) the
work tree and the user's index follow, for those files only; (5) the note goes.  Before 3 nothing has happened, after
it everything has, and ``mend`` (which every commit begins with) does what is left of 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from mlops_gitops.adapters.git import history
from mlops_gitops.adapters.git.build_commit import BuiltCommit, blobs, build_commit, chunks, split
from mlops_gitops.adapters.git.catch_up import bring_up, occupied, places, remove_leftovers
from mlops_gitops.adapters.git.command import GitCommand, failure
from mlops_gitops.adapters.git.commit_tree import CommitTree, TreeObjects, committer_day
from mlops_gitops.adapters.git.journal import Journal
from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.ports.repository import Author, HeadMoved, LoggedCommit

_BRANCH = "refs/heads/"
_SHOWN = 5


class GitRepository:
    """A git repository whose product root is ``root`` (its top folder, or one below). Not for several threads."""

    def __init__(self, root: Path) -> None:
        """Open it; ``UsageError`` where ``root`` is in no repository, or in a bare one."""
        self.root = root.resolve()
        self._git = GitCommand(self.root)
        self._objects = TreeObjects(self._git)
        self._journal = Journal(self._git.git_dir)

    def close(self) -> None:
        """End git's reading process."""
        self._git.close()

    def head(self) -> str:
        """The commit that is checked out; ``UsageError`` where there is none yet."""
        found = self._lookup("HEAD")
        if found is None:
            raise UsageError("this repository has no commit yet", where=str(self.root), todo="make the first commit")
        return found

    def branch(self) -> str | None:
        """The branch that is checked out; ``None`` on a detached HEAD."""
        status, output, _ = self._git.attempt("symbolic-ref", "--quiet", "HEAD")
        return output.decode().strip().removeprefix(_BRANCH) if status == 0 else None

    def resolve(self, rev: str) -> str:
        """The full name of the commit that a revision stands for; ``UsageError`` where there is none."""
        found = self._lookup(rev)
        if found is None:
            shallow = self._git.word("rev-parse", "--is-shallow-repository") == "true"
            todo = "this clone is shallow: git fetch --unshallow" if shallow else "see `git log` for those there are"
            raise UsageError(f"no commit is called {rev!r} here", where=str(self.root), todo=todo)
        return found

    def commit(self, rev: str) -> LoggedCommit:
        """One commit's author, time and message."""
        return history.one(self._git, self.resolve(rev))

    def is_dirty(self, paths: Iterable[str] = ()) -> tuple[str, ...]:
        """Files that differ from HEAD (edited, staged, or new), below the given paths or everywhere; sorted."""
        below = [self._git.prefix + path for path in paths] or [self._git.prefix or "."]
        found: set[str] = set()
        told = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all")
        for some in chunks(below):
            found.update(entry[3:] for entry in split(self._git.run(*told, "--", *some)))
        return tuple(sorted(self._shown(path) for path in found))

    def tree(self, rev: str) -> CommitTree:
        """The files of a commit."""
        folder = self._git.prefix.rstrip("/")
        commit = self.resolve(rev)
        top = self._lookup(commit, f":{folder}" if folder else "^{tree}")
        return CommitTree(self._objects, top, commit)

    def work_tree(self) -> WorkTree:
        """The files on disk that git tracks or would add: what is ignored is not among them."""
        return WorkTree(self.root, self._listed, self._head_day)

    def _head_day(self) -> date | None:
        head = self._lookup("HEAD")
        return committer_day(self._git.read_object(head)) if head else None

    def log(self, path: str, rev: str = "HEAD") -> tuple[LoggedCommit, ...]:
        """The commits that changed a file, newest first."""
        return history.log(self._git, self.resolve(rev), self._git.prefix + path)

    def between(self, base: str, head: str) -> tuple[LoggedCommit, ...]:
        """The commits that ``head`` has and ``base`` has not, newest first."""
        return history.between(self._git, self.resolve(base), self.resolve(head))

    def person(self) -> Author:
        """Who sits here, by git's own configuration; ``UsageError`` where it does not say."""
        status, output, trouble = self._git.attempt("-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT")
        if status != 0:
            raise UsageError(
                "git does not know who you are, and a commit needs an author",
                why=trouble.strip().splitlines()[-1] if trouble.strip() else "",
                todo='git config user.name "Your Name" && git config user.email you@example.org',
            )
        name, _, rest = output.decode("utf-8", "replace").partition(" <")
        return Author(name, rest.partition(">")[0])

    def commit_files(
        self, files: Mapping[str, bytes | None], message: str, author: Author, *, parent: str | None = None
    ) -> str:
        """Commit exactly these files on the branch that is checked out; see the port and this module's text."""
        branch = self._branch_to_move()
        placed = {self._git.prefix + _checked(path): content for path, content in files.items()}
        with self._journal.held() as scratch:
            self._finish_noted()
            base = parent or self.head()
            if self.head() != base:
                raise _moved(branch)
            built = build_commit(self._git, base, placed, message, author, scratch)
            if built is None:
                return base
            self._refuse_occupied(built)
            self._journal.write(dict(built.changes))
            self._move(branch, built, message)
            self._finish_noted()
            return built.sha

    def mend(self) -> tuple[str, ...]:
        """Finish what a killed ``commit_files`` left: the files that were brought up to date."""
        if not self._journal.pending:
            return ()
        with self._journal.held():
            return tuple(self._shown(path) for path in self._finish_noted())

    def _finish_noted(self) -> list[str]:
        """Where HEAD holds the noted content, let index and disk follow; elsewhere the note speaks of no commit."""
        noted = self._journal.read()
        if not noted:
            return []
        remove_leftovers(self._git.toplevel, noted)
        committed = blobs(self._git, "HEAD", noted)
        held = {path: committed[path][1] if path in committed else None for path in noted}
        done = bring_up(self._git, {path: change for path, change in noted.items() if held[path] == change.new})
        self._journal.clear()
        return done

    def _branch_to_move(self) -> str:
        branch = self.branch()
        if branch is None:
            raise RefusedError(
                "HEAD is detached: a commit made here would belong to no branch and be lost",
                where=str(self.root),
                todo="check a branch out first, like `git switch main`",
            )
        return branch

    def _refuse_occupied(self, built: BuiltCommit) -> None:
        taken = [self._shown(path) for path in occupied(built.changes, places(self._git, built.changes))]
        if taken:
            more = f" and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else ""
            raise RefusedError(
                "the commit would touch files that have changes of their own",
                where=", ".join(taken[:_SHOWN]) + more,
                why="their edited, staged or untracked content would be lost",
                todo="commit them, or put them aside with `git stash --include-untracked`",
            )

    def _move(self, branch: str, built: BuiltCommit, message: str) -> None:
        """Point the branch at the commit, if it still is at the parent: git compares under its own lock."""
        why = f"mlops-gitops: {message.partition(chr(10))[0]}"
        told = ("update-ref", "-m", why, _BRANCH + branch, built.sha, built.parent)
        status, _, trouble = self._git.attempt(*told)
        if status != 0:
            self._journal.clear()
            if self._lookup(_BRANCH + branch) != built.parent:
                raise _moved(branch)
            raise failure(told, trouble)

    def _lookup(self, rev: str, part: str = "^{commit}") -> str | None:
        """The object that a revision (and a part of it) names, or ``None``."""
        if rev.startswith("-"):  # It would be read as an option.
            return None
        status, output, _ = self._git.attempt("rev-parse", "--verify", "--quiet", rev + part)
        return output.decode().strip() if status == 0 else None

    def _listed(self, folder: str) -> list[str]:
        below = self._git.prefix + folder
        told = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", below or ".")
        return [path.removeprefix(self._git.prefix) for path in split(self._git.run(*told))]

    def _shown(self, path: str) -> str:
        return path.removeprefix(self._git.prefix)


def _moved(branch: str) -> HeadMoved:
    return HeadMoved(
        f"branch {branch} moved while the commit was prepared",
        why="somebody else committed meanwhile",
        todo="run the command again",
    )


def _checked(path: str) -> str:
    """A path as git has it; ``ValueError`` on one that leaves the root or that git's line formats cannot carry."""
    parts = path.split("/")
    if (
        any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
        or not path.isprintable()
        or path[0] == '"'
    ):
        raise ValueError(f"not a path inside the repository: {path!r}")
    return path
