"""The project's own tests, run by a real pytest in a process of its own, and the reports they leave."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from mlops_gitops.stages import project_tests

MODEL = "def train(rows):\n    if rows:\n        return len(rows)\n    return 0\n"
TEST = "from model import train\n\n\ndef test_train():\n    assert train([1]) == 1\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    project, out = tmp_path / "project", tmp_path / "out"
    (project / "tests").mkdir(parents=True)
    out.mkdir()
    (project / "model.py").write_text(MODEL)
    (project / "tests/test_model.py").write_text(TEST)
    (project / "tests/conftest.py").write_text("import pathlib, sys\nsys.path.insert(0, str(pathlib.Path.cwd()))\n")
    return project, out


@pytest.mark.slow
def test_coverage_is_measured_and_left_as_ci_systems_read_it(folders: tuple[Path, Path]) -> None:
    project, out = folders
    finding = project_tests.start(project, out).finish()
    assert finding.metrics == {"tests": 1.0, "tests_failed": 0.0, "coverage": 0.75}
    root = ET.parse(out / project_tests.COBERTURA).getroot()
    assert [one.get("filename") for one in root.iter("class")] == ["model.py"]
    assert float(root.get("line-rate", "0")) == 0.75
    # GitLab finds a file by joining a source and a filename.
    assert [one.text for one in root.iter("source")] == [str(project)]


def test_a_project_without_tests_covers_nothing(tmp_path: Path) -> None:
    assert project_tests.start(tmp_path, tmp_path).finish().metrics["coverage"] == 0.0
