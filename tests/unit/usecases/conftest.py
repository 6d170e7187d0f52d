"""A platform in a real git repository, with a small renderer, for the verbs that write releases."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from mlops_gitops.adapters.git.repository import GitRepository
from mlops_gitops.ports.repository import Author
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.release import Release, ReleasedGate, ReleasedModel
from mlops_gitops.records.verdict import FormerComparison, Outcome, Verdict, VerdictSeverity
from mlops_gitops.usecases.release import Action, ReleaseOrder, ReleaseOutcome, release
from mlops_gitops.usecases.release_file import read_release


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def dump(value: object) -> bytes:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).encode()


def render(tree: SourceTree) -> Mapping[str, bytes | None]:
    """One serving file an environment, from the release file in the tree: as small as a compiler can be."""
    found: dict[str, bytes | None] = {}
    for environment in ("staging", "production"):
        in_force = read_release(tree, "fraud", environment)
        path = f"rendered/fraud/{environment}/serving/config.yaml"
        content = dump({"model": in_force.model.digest}) if in_force else dump({"model": None})
        if tree.read(path) != content:
            found[path] = content
    return found


class Platform:
    """The repository, its people, and shorthands for what the tests do most."""

    bot = Author("release-bot", "bot@localhost")
    person = Author("A. Author", "author@localhost")
    render = staticmethod(render)
    dump = staticmethod(dump)

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", self.person.name)
        self.git("config", "user.email", self.person.email)
        self.write("projects/fraud/mlops_config.yaml", "pipeline: {}\n")
        self.commit_all("Start")
        self.repository = GitRepository(root)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        return subprocess.check_output(["git", *arguments], cwd=cwd or self.root, text=True, stderr=subprocess.STDOUT)

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def commit_all(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.repository.head() if hasattr(self, "repository") else ""

    def count(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD"))

    def model(self, version: int) -> ReleasedModel:
        return ReleasedModel(
            version=version,
            digest=digest(f"model {version}"),
            data_digest="md5:0123456789abcdef0123456789abcdef",
            code_digest=digest("code"),
            environment_digest=digest("environment"),
            config_digest=digest("config"),
            run=f"run-{version}",
            trained_at_commit="1" * 40,
            gates=(
                ReleasedGate(stage="model_testing", name="recall", measured=0.91, sign="≥", limit=0.85),
                ReleasedGate(stage="model_testing", name="f1_score", measured=0.931, sign="≥", limit=0.92),
            ),
        )

    def order(self, version: int, environment: str = "staging") -> ReleaseOrder:
        return ReleaseOrder("fraud", environment, self.model(version), Action.DEPLOY)

    def deploy(self, version: int, environment: str = "staging") -> ReleaseOutcome:
        return release(self.repository, render, dump, self.order(version, environment), self.bot)

    def serving(self, environment: str = "staging", rev: str = "HEAD") -> Release:
        found = read_release(self.repository.tree(rev), "fraud", environment)
        assert found is not None
        return found

    def verdict(self, version: int, former: int | None) -> Verdict:
        """A high-severity regression of ``version``, with ``former`` better on the same rows."""
        compared = FormerComparison(former, "recall", 0.84, 0.91, 0.0004, True) if former is not None else None
        plain = Verdict(
            project="fraud",
            environment="staging",
            model_version=version,
            model_digest=self.model(version).digest,
            outcome=Outcome.FAILED,
            severity=VerdictSeverity.HIGH,
            rows=5000,
            labelled_rows=4000,
            metrics=(),
            columns=(),
        )
        return replace(plain, former=compared)


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    root = tmp_path / "platform"
    root.mkdir()
    made = Platform(root)
    yield made
    made.repository.close()
