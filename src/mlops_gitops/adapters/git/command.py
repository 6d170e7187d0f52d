"""Running git: one opened repository, its fixed environment, and the translation of git's failures into our errors.

The environment names the git folder, work tree, index and object store outright, so that a ``GIT_DIR`` or
``GIT_INDEX_FILE`` inherited from a git hook can never point a command at another repository.  Replace refs are off:
what a commit holds is what its digest says.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mlops_gitops.diagnostics import OutsideError, UsageError

if TYPE_CHECKING:
    import git

_ADVICE = {
    "dubious ownership": "the folder belongs to another user; if you trust it: git config --global --add safe.directory"
    " <folder>",
    "index.lock": "another git command is at work, or one was killed: when none runs, remove that file",
    "No space left": "free some disk space",
    "Permission denied": "check who owns the .git folder",
}


class GitCommand:
    """Git in one repository. Not for use by several threads at once; ``close`` ends its reading process."""

    def __init__(self, root: Path) -> None:
        """Open the repository that holds ``root``; ``UsageError`` where there is none or it has no work tree."""
        self._repo = _open(root)
        self.run("rev-parse", "--git-dir")  # Git's own check of who owns the folder; naming GIT_DIR would pass it by.
        toplevel = self._repo.working_tree_dir
        if self._repo.bare or toplevel is None:
            raise UsageError("this git repository is bare: it has no work tree", where=str(root), todo="use a clone")
        self.toplevel = Path(toplevel).resolve()
        self.git_dir = Path(self._repo.git_dir).resolve()
        inside = root.resolve().relative_to(self.toplevel).as_posix()
        self.prefix = "" if inside == "." else f"{inside}/"
        common = _common_dir(self.git_dir)
        self._repo.git.update_environment(
            GIT_DIR=str(self.git_dir),
            GIT_COMMON_DIR=str(common),
            GIT_WORK_TREE=str(self.toplevel),
            GIT_INDEX_FILE=str(self.git_dir / "index"),
            GIT_OBJECT_DIRECTORY=str(common / "objects"),
            GIT_ALTERNATE_OBJECT_DIRECTORIES="",
            GIT_LITERAL_PATHSPECS="1",
            GIT_NO_REPLACE_OBJECTS="1",
            GIT_OPTIONAL_LOCKS="0",
            GIT_TERMINAL_PROMPT="0",
        )

    def run(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """Standard output of a git command; ``OutsideError`` with git's own words where it fails."""
        status, output, trouble = self.attempt(*arguments, stdin=stdin, env=env)
        if status != 0:
            raise failure(arguments, trouble)
        return output

    def attempt(
        self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """Exit status, standard output and standard error of a git command that may fail."""
        with _as_file(stdin) as stream:
            status, output, trouble = self._repo.git.execute(
                ["git", *arguments],
                istream=stream,
                env=dict(env or {}),
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        return status, output, trouble

    def word(self, *arguments: str) -> str:
        """Standard output as text, without the line's end."""
        return self.run(*arguments).decode("utf-8", "surrogateescape").rstrip("\n")

    def read_object(self, name: str) -> bytes:
        """The content of an object by its full name, through one process that stays for all reads."""
        try:
            return self._repo.git.get_object_data(name)[3]
        except (ValueError, OSError) as error:
            raise OutsideError(
                f"git cannot read object {name}", why=str(error), todo="run `git fsck` in the repository"
            ) from error

    def close(self) -> None:
        """End the reading process."""
        self._repo.close()


def failure(arguments: Sequence[str], trouble: str) -> OutsideError:
    """The error for a git command that failed, with advice where the cause is a known one."""
    name = next((word for word in arguments if not word.startswith("-") and "=" not in word), "")
    advice = next((text for sign, text in _ADVICE.items() if sign in trouble), "")
    return OutsideError(f"git {name} failed", why=trouble.strip(), todo=advice)


def _open(root: Path) -> git.Repo:
    try:
        import git
    except ImportError as error:  # GitPython looks for the git program when it is imported.
        raise OutsideError(
            "git cannot be started", why=str(error), todo="install git, and see that it is on PATH"
        ) from (error)
    try:
        return git.Repo(root, search_parent_directories=True, expand_vars=False)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
        raise UsageError(
            "this is not a git repository", where=str(root), todo="run it in a clone, or make one with `git init`"
        ) from error


def _common_dir(git_dir: Path) -> Path:
    """A linked worktree has its own git folder, which names the one that holds the objects."""
    pointer = git_dir / "commondir"
    return (git_dir / pointer.read_text().strip()).resolve() if pointer.is_file() else git_dir


@contextmanager
def _as_file(content: bytes | None) -> Iterator[BinaryIO | None]:
    """Standard input as a real file: it takes any size, and git may finish without reading it to the end."""
    if content is None:
        yield None
        return
    with tempfile.TemporaryFile() as stream:
        stream.write(content)
        stream.seek(0)
        yield cast(BinaryIO, stream)
