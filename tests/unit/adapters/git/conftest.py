"""Real repositories in a temporary folder, free of the machine's own git configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_gitops.adapters.git.repository import GitRepository
from mlops_gitops.ports.repository import Author


class Place:
    """A repository on disk, driven by plain git beside the adapter under test."""

    bot = Author("release-bot", "bot@localhost")

    def __init__(self, root: Path) -> None:
        self.root = root
        self._opened: list[GitRepository] = []

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        told = subprocess.run(["git", *arguments], cwd=cwd or self.root, capture_output=True, text=True, check=True)
        return told.stdout

    def open(self, root: Path | None = None) -> GitRepository:
        self._opened.append(GitRepository(root or self.root))
        return self._opened[-1]

    def write(self, path: str, text: str) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place

    def commit_all(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def status(self) -> str:
        return self.git("status", "--porcelain", "--untracked-files=all")

    def close(self) -> None:
        for repository in self._opened:
            repository.close()


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("EMAIL", raising=False)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Place]:
    """A repository without a commit."""
    root = tmp_path / "repository"
    root.mkdir()
    place = Place(root)
    place.git("init", "--quiet", "--initial-branch=main")
    place.git("config", "user.name", "A. Author")
    place.git("config", "user.email", "author@localhost")
    yield place
    place.close()


@pytest.fixture
def place(empty: Place) -> Place:
    """A repository with a commit: two files of a project, one rendered, one beside them."""
    empty.write("projects/fraud/config.yaml", "threshold: 1\n")
    empty.write("projects/fraud/releases/staging.yaml", "version: 1\n")
    empty.write("rendered/fraud/serving.yaml", "version: 1\n")
    empty.write("notes.txt", "first\n")
    empty.write(".gitignore", "*.tmp\n")
    empty.commit_all("Start")
    return empty
