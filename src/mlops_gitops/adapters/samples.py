"""The sample repository: read from the installed package, else from the checkout; written into a new folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError

_PACKAGE = Path(__file__).resolve().parents[1]
_TOP_FILES = (
    ".gitattributes",
    ".gitlab-ci.yml",
    ".dvcignore",
    ".dvc/config",
    ".dvc/.gitignore",
    "projects/platform.yaml",
)
# The first project of a new repository; the other samples show more and need more.
_FIRST = "projects/fraud-detection"
_FOLDERS = (_FIRST, "schemas")
_KEPT = (".py", ".yaml", ".md", ".dvc", ".json", ".gitignore")
# Results and data are made anew; what a release pinned here means nothing elsewhere.
_LEFT_OUT = frozenset({"releases", "__pycache__", ".pytest_cache"})
_UNFINISHED = ".new-"
_IGNORED = "# State of this machine.\n.mlops-gitops/\n__pycache__/\n.pytest_cache/\n.coverage\n"


def sample_files() -> dict[str, bytes]:
    """All files by path from the new repository's root; raises ``OutsideError`` where the installation lacks them."""
    packaged = _PACKAGE / "samples"
    root = packaged if packaged.is_dir() else _PACKAGE.parents[1]
    if not (root / "projects").is_dir():
        raise OutsideError("the sample project is missing", where=str(root), todo="install the package anew")
    paths = [*(root / name for name in _TOP_FILES), *_below(root)]
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    return {**files, ".gitignore": _IGNORED.encode()}


def _below(root: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            kept = path.suffix in _KEPT or path.name in _KEPT
            if path.is_file() and kept and not _LEFT_OUT & set(path.relative_to(root).parts):
                yield path


class NewRepository:
    """Implements ``usecases.init.NewFolder``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def existing(self) -> tuple[str, ...]:
        """Files in the folder, git's own left out, and what a killed ``write`` left, which the next one replaces."""
        found = (path.relative_to(self._root) for path in sorted(self._root.rglob("*")) if path.is_file())
        mine = (path for path in found if path.parts[0] != ".git" and not path.name.startswith(_UNFINISHED))
        return tuple(path.as_posix() for path in mine)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        return (self._root / path).read_bytes()

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write all files, then make the git repository, its branch called main, where none is around them."""
        for path, content in files.items():
            file = self._root / path
            unfinished = file.with_name(f"{_UNFINISHED}{file.name}")
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(file)
        if not self._is_tracked():
            done = self._git("init", "--quiet", "--initial-branch=main")
            if done.returncode != 0:
                raise OutsideError("git cannot make the repository", where=str(self._root), why=done.stderr.strip())

    def _is_tracked(self) -> bool:
        """Whether the folder is in the work tree of a repository that does not ignore it."""
        inside = self._git("rev-parse", "--is-inside-work-tree")
        # An ignored folder, such as one for scratch work, is no part of the repository around it.
        return inside.stdout.strip() == "true" and self._git("check-ignore", "--quiet", ".").returncode != 0

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Called from a git hook, these would name another repository.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        command = ["git", "-C", str(self._root), *arguments]
        try:
            return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        except OSError as error:
            todo = "install git, and see that it is on PATH"
            raise OutsideError("git cannot be started", why=error.strerror or str(error), todo=todo) from error
