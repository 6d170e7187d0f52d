"""What a word of the command line names: a project by its name, or by its folder or any file of it.

A path is taken as it was typed, links and all: what counts is where it stands in the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mlops_gitops.compiler.file_names import GITHUB as GITHUB
from mlops_gitops.compiler.file_names import PLATFORM as PLATFORM
from mlops_gitops.compiler.file_names import PROJECTS as PROJECTS
from mlops_gitops.diagnostics import UsageError

_FOLDERS = (".", "..")


def project_of(root: Path, word: str) -> str:
    """A project's name from its name or from a path to it or to any file of it; raises ``UsageError``."""
    path = _path_of(root, word)
    if path is None:
        return word
    if path == PLATFORM:
        raise UsageError(f"`{word}` is of no project: it is one for all", todo="name a project, or a file of one")
    return path.split("/")[1]


def projects_of(root: Path, words: Iterable[str]) -> tuple[str, ...]:
    """The projects that the words name, each once; none, which means all, where the platform's file is among them."""
    paths = [(word, _path_of(root, word)) for word in words]
    if any(path == PLATFORM for _, path in paths):
        return ()
    return tuple(dict.fromkeys(path.split("/")[1] if path else word for word, path in paths))


def source_path(root: Path, word: str) -> str:
    """A source file's path from the root, whether the file is there or not; raises ``UsageError``."""
    path = _below(root, word)
    if (root / path).is_dir() or word.endswith("/"):
        raise UsageError(f"`{word}` is a folder", todo="name a file")
    return _of_project(word, path)


def path_in(root: Path, word: str) -> str:
    """A path as it was typed, from the root, whatever stands there; raises ``UsageError`` on one outside of it."""
    return _below(root, word, "name a file below rendered/, or of .github/workflows/")


def git_prefix(root: Path) -> str:
    """The root's path from the top of its git repository, as ``ml/``; empty at the top, or where there is none."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            path = root.relative_to(folder).as_posix()
            return "" if path == "." else f"{path}/"
    return ""


def _path_of(root: Path, word: str) -> str | None:
    """The path from the root of what is there; ``None`` where the word is a project's name rather than a path."""
    if "/" not in word and word not in _FOLDERS and ((root / PROJECTS / word).is_dir() or not Path(word).exists()):
        if word.endswith((".yaml", ".yml")):
            raise UsageError(
                f"there is no file `{word}`", where=str(Path.cwd()), todo="name a project, or a file of one"
            )
        return None
    path = _below(root, word)
    if not (root / path).exists():
        raise UsageError(f"there is no file `{word}`", todo="name a project, or a file of one")
    if (root / path).is_dir():
        if path.startswith(f"{PROJECTS}/") and path.count("/") == 1:
            return path
        raise UsageError(f"`{word}` is a folder", todo="name a project, or a file of one")
    return _of_project(word, path)


def _below(root: Path, word: str, todo: str = "name a project, or a file of one") -> str:
    """The path from the root, with ``/``."""
    typed = Path(os.path.abspath(word))  # noqa: PTH100 - pathlib's would follow links
    for place in (typed, typed.resolve()):
        if place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    raise UsageError(f"`{word}` lies outside of the repository", where=str(root), todo=todo)


def _of_project(word: str, path: str) -> str:
    """The path, where it is a project's file or the platform's."""
    if path == PLATFORM or (path.startswith(f"{PROJECTS}/") and path.count("/") > 1):
        return path
    generated = path.startswith("rendered/")
    why = "rendered/ is generated; its sources stand below projects/" if generated else ""
    raise UsageError(f"`{word}` is of no project", why=why, todo="name a project, or a file below projects/NAME/")
