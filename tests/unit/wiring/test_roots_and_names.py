"""Where a repository's root is, and what a name on the command line means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlops_gitops import wiring
from mlops_gitops.diagnostics import FindingsError, UsageError
from mlops_gitops.wiring import environments
from tests.factory import on_disk


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    made = on_disk(tmp_path / "platform")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "--quiet", "--message", "Start"],
    ):
        subprocess.run(["git", *command], cwd=made, check=True)
    return made


def test_the_root_is_the_nearest_folder_with_projects(root, monkeypatch):
    for folder in (root, root / "projects", root / "projects/fraud-detection/data"):
        monkeypatch.chdir(folder)
        assert wiring.find_root(None) == root
    assert wiring.find_root(Path("../../..")) == root


def test_no_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="not inside a repository"):
        wiring.find_root(None)
    for given in ("missing", "."):
        with pytest.raises(UsageError, match=f"{given} holds no folder `projects`"):
            wiring.find_root(Path(given))


@pytest.mark.parametrize("name", ["fraud-detection", "projects/fraud-detection", "projects/fraud-detection/model.py"])
def test_a_project_by_name_or_file(root, monkeypatch, name):
    monkeypatch.chdir(root)
    assert wiring.project_of(root, name) == "fraud-detection"
    if "/" in name:
        assert wiring.project_of(root, str(root / name)) == "fraud-detection"


def test_a_name_wins_over_a_file_of_that_name_elsewhere(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fraud-detection").mkdir()
    assert wiring.project_of(root, "fraud-detection") == "fraud-detection"
    with pytest.raises(UsageError, match="lies outside of"):
        wiring.project_of(root, "./fraud-detection/x")
    with pytest.raises(UsageError, match="is a folder"):
        wiring.project_of(root, str(root / "projects"))


def test_a_project_at_head(root):
    repository = wiring.repository(root)
    project = wiring.committed_project(repository, "fraud-detection")
    assert wiring.environment_of(project, "staging").name == "staging"
    with pytest.raises(UsageError, match="did you mean `fraud-detection`") as raised:
        wiring.committed_project(repository, "fraud-detecton")
    assert raised.value.where == f"commit {repository.head()[:7]}"
    with pytest.raises(UsageError, match="did you mean `staging`") as raised:
        wiring.environment_of(project, "stagin")
    assert raised.value.todo == "environments: staging, production"
    repository.close()


def test_only_the_commit_counts(root):
    (root / "projects/platform.yaml").write_text("nonsense: true\n")
    repository = wiring.repository(root)
    assert wiring.bot(repository).email
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "--quiet", "--all", "--message", "x"],
        cwd=root,
        check=True,
    )
    for ask in (wiring.bot, wiring.platform, wiring.committed):
        with pytest.raises(FindingsError):
            ask(repository)
    repository.close()


def test_environments_by_what_is_supported(root):
    repository = wiring.repository(root)
    assert environments.environment_names(repository, supported=True) == ("staging",)
    assert environments.environment_names(repository, supported=False) == ("production",)
    with pytest.raises(UsageError, match="not supported yet") as raised:
        environments.setting(root, "production", repository=repository)
    assert "--target local" in raised.value.todo
    assert environments.setting(root, "production", "local", repository).commit == repository.head()
    with pytest.raises(UsageError, match="not supported yet"):
        environments.setting(root, "staging", "kubernetes", repository)
    with pytest.raises(UsageError, match="did you mean `staging`"):
        environments.setting(root, "stagin", repository=repository)
    assert not (root / ".mlops-gitops").exists(), "looking writes nothing"
    repository.close()


def test_desired_objects_are_those_of_the_commit(root):
    repository = wiring.repository(root)
    assert environments.desired(repository, "staging", repository.head()) == ()
    repository.close()


def test_a_project_that_left_git_can_still_be_named(root):
    repository = wiring.repository(root)
    setting = environments.setting(root, "staging", repository=repository)
    with pytest.raises(UsageError, match="unknown project `credit`"):
        environments.check_project(setting, "credit")
    left = {"group": "", "kind": "ConfigMap", "namespace": "ml", "name": "c", "project": "credit"}
    setting.state.write("inventory/staging", {"owned": [left], "commits": {}})
    environments.check_project(setting, "credit")
    with pytest.raises(UsageError, match="unknown project `debit`"):
        environments.check_project(setting, "debit")
    environments.check_project(setting, None)
    repository.close()
