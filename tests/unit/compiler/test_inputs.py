"""Which files a project is made of, and how those that leave the repository are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.diagnostics import Diagnostic
from tests.factory import CONFIG, CONTRACT, PROJECT, Content, compiled, edited, on_disk


def found(root: Path) -> list[Diagnostic]:
    return list(compile_tree(WorkTree(root)).findings.diagnostics)


@pytest.mark.parametrize("path", [CONTRACT, CONFIG, f"{PROJECT}/data/transactions.csv.dvc", f"{PROJECT}/model.py"])
def test_a_link_out_of_the_repository_is_a_finding(tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret: 1\n")
    root = on_disk(tmp_path / "repository")
    (root / path).unlink()
    (root / path).symlink_to(outside)
    refused = [(one.code, one.file, one.message) for one in found(root)]
    assert refused == [("MG115", path, "a symbolic link leads out of the repository")]


def test_a_link_inside_the_repository_is_followed(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    (root / CONTRACT).rename(root / PROJECT / "columns.yaml")
    (root / CONTRACT).symlink_to("columns.yaml")
    assert found(root) == []


def test_links_in_a_circle_are_a_finding(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    (root / CONTRACT).unlink()
    (root / CONTRACT).symlink_to(Path(CONTRACT).name)
    assert [one.code for one in found(root)] == ["MG115"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../other/contract.yaml", "data/../../x.yaml", "..", "a\\\\..\\\\b"])
def test_a_path_that_leaves_the_folder_is_refused_before_it_is_read(path: str) -> None:
    for changes in (
        edited(CONFIG, ("alerting:", f"data:\n  contract: '{path}'\nalerting:")),
        edited(CONTRACT, ("data/transactions.csv", f"'{path}'")),
    ):
        assert [one.code for one in compiled(changes).findings.diagnostics] == ["MG115"]


def code(changes: dict[str, Content]) -> str:
    return compiled(changes).projects[0].code_digest


def test_the_code_digest_covers_code_and_nothing_else() -> None:
    alone = code({})
    assert code({f"{PROJECT}/model.py": "x = 1\n"}) != alone
    assert code({f"{PROJECT}/helpers/more.py": ""}) != alone
    assert code({f"{PROJECT}/README.md": "", f"{PROJECT}/tests/test_x.py": ""}) == alone


def test_folders_of_other_kinds_are_no_projects() -> None:
    changes: dict[str, Content] = {"projects/_shared/x.py": "", "projects/.hidden/x": "", "projects/README.md": ""}
    assert compiled(changes).names == ("fraud-detection",)
