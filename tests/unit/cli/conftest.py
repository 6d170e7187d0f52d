"""A small repository with its rendered tree committed, and the command line called in it as a user would."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlops_gitops import wiring
from mlops_gitops.cli.main import main
from mlops_gitops.ports.repository import Author
from mlops_gitops.records.release import ReleasedGate, ReleasedModel
from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
from mlops_gitops.usecases.release import Action, ReleaseOrder, release
from tests.factory import on_disk

PROJECT = "fraud-detection"
BOT = Author("mlops-gitops-bot", "mlops-gitops-bot@localhost")


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Place:
    """A repository on disk; called with the words of a command, it gives what came of it."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capture = capture

    def __call__(self, *words: object) -> Told:
        self._capture.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        told = self._capture.readouterr()
        assert "Traceback" not in told.err
        return Told(code, told.out, told.err)

    def git(self, *arguments: str) -> str:
        told = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return told.stdout.strip()

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD"))

    def release(self, version: int, environment: str = "staging") -> str:
        """Release a version of which only the record exists."""
        repository = wiring.repository(self.root)
        order = ReleaseOrder(PROJECT, environment, model(version), Action.DEPLOY)
        return release(repository, rendered_differences, release_yaml, order, BOT).commit

    def files(self) -> set[str]:
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if ".git" not in path.parts}


def model(version: int) -> ReleasedModel:
    def digest(text: str) -> str:
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    gates = (ReleasedGate(stage="model_testing", name="recall", measured=0.91, sign="≥", limit=0.85),)
    return ReleasedModel(
        version=version,
        digest=digest(f"model {version}"),
        data_digest="md5:0123456789abcdef0123456789abcdef",
        code_digest=digest("code"),
        environment_digest=digest("environment"),
        config_digest=digest("config"),
        run=f"{PROJECT}/{version}",
        trained_at_commit="1" * 40,
        gates=gates,
    )


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = on_disk(tmp_path_factory.mktemp("template") / "platform")
    (root / ".gitignore").write_text(".mlops-gitops/\n__pycache__/\n")
    assert main(["render", "--root", str(root)]) == 0
    shutil.rmtree(root / ".mlops-gitops")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["config", "user.name", "A. Author"],
        ["config", "user.email", "author@localhost"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "Start"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


@pytest.fixture
def place(
    _template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Place:
    root = tmp_path / "platform"
    shutil.copytree(_template, root)
    monkeypatch.chdir(root)
    return Place(root, capsys)


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    """A folder in no repository at all."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Place(folder, capsys)
