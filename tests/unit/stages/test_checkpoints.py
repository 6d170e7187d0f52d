"""The folder that a training saves its progress in: its own, and gone when the training is through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.project import Project
from mlops_gitops.stages.checkpoints import VARIABLE, of_training
from tests.small_project import SPEC, changed, project_of, write_project


def saves(train: object, *, checkpoints: Path | None) -> None:
    """Stands in for a project's training function."""


def forgets(train: object) -> None:
    """One that cannot save anything."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write_project(tmp_path)
    return project_of(tmp_path)


def test_without_a_claim_there_is_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert of_training(project, saves).arguments == {"checkpoints": None}
    assert of_training(project, forgets).arguments == {}
    assert of_training(project, forgets).warnings == ()


def test_each_training_has_a_folder_of_its_own(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "claim"))
    found = of_training(project, saves)
    assert found.arguments == {"checkpoints": found.folder}
    assert found.folder is not None
    assert found.folder.is_dir()
    assert of_training(project, saves) == found
    other = project_of(tmp_path, changed(SPEC, training={"seed": 7}))
    assert of_training(other, saves).folder != found.folder
    assert of_training(replace(project, code_digest="sha256:0"), saves).folder != found.folder


def test_a_function_that_saves_nothing_is_told(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "claim"))
    assert "no parameter `checkpoints`" in of_training(project, forgets).warnings[0]
    assert of_training(project, saves).warnings == ()


@pytest.mark.parametrize(("index", "left"), [(0, False), (1, True)])
def test_the_first_worker_makes_room(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: int, left: bool
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "claim"))
    task = f'"task": {{"type": "worker", "index": {index}}}'
    monkeypatch.setenv("TF_CONFIG", f'{{"cluster": {{"worker": ["a:1", "b:1"]}}, {task}}}')
    found = of_training(project, saves)
    assert found.folder is not None
    (found.folder / "epoch").touch()
    found.drop()
    assert found.folder.exists() is left


def test_a_claim_that_is_not_there_is_trouble_outside(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "claim").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "claim"))
    with pytest.raises(OutsideError, match="no checkpoint can be saved"):
        of_training(project, saves)
