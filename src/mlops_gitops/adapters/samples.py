"""The sample repository: read from the installed package, else from the checkout; written into a new folder."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError

_PACKAGE = Path(__file__).resolve().parents[1]
_TOP_FILES = (".gitlab-ci.yml", ".dvcignore", ".dvc/config", ".dvc/.gitignore")
_FOLDERS = ("projects", "schemas")
_KEPT = (".py", ".yaml", ".md", ".dvc", ".json", ".gitignore")
# Results and data are made anew; what a release pinned here means nothing elsewhere.
_LEFT_OUT = frozenset({"releases", "__pycache__", ".pytest_cache"})
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
        """Files in the folder, git's own left out."""
        found = (path.relative_to(self._root) for path in self._root.rglob("*") if path.is_file())
        return tuple(path.as_posix() for path in found if path.parts[0] != ".git")

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write all files, then make the git repository, its branch called main."""
        for path, content in files.items():
            file = self._root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if not (self._root / ".git").exists():
            command = ["git", "init", "--quiet", "--initial-branch=main", str(self._root)]
            try:
                subprocess.run(command, check=True, capture_output=True, text=True)
            except (OSError, subprocess.CalledProcessError) as error:
                why = getattr(error, "stderr", "") or str(error)
                raise OutsideError("git cannot make the repository", where=str(self._root), why=why) from error
