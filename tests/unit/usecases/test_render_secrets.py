"""A secret in a file that nothing compiles: seen whatever is remembered, by one process or several, and by ``plan``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_gitops.adapters.workers import ForkedWorkers
from mlops_gitops.ports.workers import Inline
from mlops_gitops.usecases.plan import plan
from mlops_gitops.usecases.validate import validate
from tests.factory import PROJECT, tree
from tests.unit.usecases.test_render_waivers import BEFORE, commit, found, repository, settle, wiring

LINE = 'password = "hunter2x"\n'
NOTEBOOK = f"{PROJECT}/notebooks/look.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = repository(tmp_path, ("fraud-detection",))
    (made / NOTEBOOK).parent.mkdir()
    (made / NOTEBOOK).write_text("x = 1\n")
    commit(made, BEFORE)
    settle(made)
    return made


def places(root: Path, **options: object) -> list[str]:
    return [one.where for one in found(root, **options).diagnostics if one.code == "MG453"]  # type: ignore[arg-type]


CHANGES: dict[str, Callable[[Path], Path]] = {
    "in a notebook": lambda root: root / NOTEBOOK,
    "in a new file": lambda root: root / PROJECT / ".env.sample",
    "in the tests": lambda root: root / PROJECT / "test_it.py",
    "beside the projects": lambda root: root / "projects/.env",
    "in CI": lambda root: root / ".gitlab-ci.yml",
    "at the top": lambda root: root / ".env",
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_seen_though_everything_was_known(root: Path, change: str) -> None:
    path = CHANGES[change](root)
    before = path.read_text() if path.exists() else None
    path.write_text(LINE)
    expected = [f"{path.relative_to(root).as_posix()}:1:13"]
    for _ in range(2):
        assert places(root) == expected
    assert places(root, remembered=False) == expected
    assert [one.where for one in validate(wiring.work_tree(root)).findings.errors] == expected
    if before is None:
        path.unlink()
    else:
        path.write_text(before)
    assert places(root) == []


def test_several_processes_find_what_one_finds(root: Path) -> None:
    for number in range(30):
        shutil.copytree(root / PROJECT, root / f"projects/project-{number}")
        (root / f"projects/project-{number}/notebooks/look.py").write_text(LINE)
    one = places(root, remembered=False, workers=Inline())
    assert len(one) == 30
    assert places(root, remembered=False, workers=ForkedWorkers(3)) == one
    assert places(root, workers=ForkedWorkers(3)) == one == places(root)


def test_a_plan_tells_of_a_new_one() -> None:
    result = plan(tree(), tree({NOTEBOOK: LINE}), ("base", "head"))
    assert [(one.code, one.severity) for one in result.new_findings] == [("MG453", "error")]
    assert "hunter2x" not in repr(result.new_findings)
