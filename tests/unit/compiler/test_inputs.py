"""Which files a project is made of, and how those that leave the repository are refused."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from pathlib import Path

import pytest

from mlops_gitops.adapters.git.listing import git_listing
from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.diagnostics import Diagnostic
from tests.factory import CONFIG, CONTRACT, PLATFORM, PROJECT, Content, compiled, edited, on_disk

OVERLAY, RELEASE = f"{PROJECT}/environments/staging.yaml", f"{PROJECT}/releases/staging.yaml"


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


def test_code_that_is_named_and_linked_from_outside_is_a_finding(tmp_path: Path) -> None:
    named = edited(CONFIG, ("pipeline:", "training: {entrypoint: 'far:train'}\npipeline:"))
    root = on_disk(tmp_path / "repository", named)
    outside = tmp_path / "far.py"
    outside.write_text("def train(): ...\n")
    (root / PROJECT / "far.py").symlink_to(outside)
    assert "MG115" in {one.code for one in found(root)}


def test_a_link_inside_the_repository_is_followed(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    (root / CONTRACT).rename(root / PROJECT / "columns.yaml")
    (root / CONTRACT).symlink_to("columns.yaml")
    assert found(root) == []


def replaced(root: Path, path: str, kind: str) -> None:
    """Something else in the place of a file."""
    place = root / path
    place.unlink()
    match kind:
        case "circle":
            place.symlink_to(place.name)
        case "folder":
            place.mkdir()
        case "link to a folder":
            place.symlink_to("..")
        case "link to nothing":
            place.symlink_to("nowhere")
        case "pipe":
            os.mkfifo(place)
        case "socket":
            # A socket's path must be short.
            with socket.socket(socket.AF_UNIX) as one, contextlib.chdir(place.parent):
                one.bind(place.name)


KINDS = {
    "circle": "symbolic links go round in a circle",
    "folder": "a folder stands where a file is read",
    "link to a folder": "a symbolic link to a folder stands where a file is read",
    "link to nothing": "a symbolic link to nothing stands where a file is read",
    "pipe": "something that is no file stands where a file is read",
    "socket": "something that is no file stands where a file is read",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", [CONFIG, CONTRACT, PLATFORM, f"{PROJECT}/data/transactions.csv.dvc", OVERLAY, RELEASE])
def test_what_is_no_file_is_a_finding(tmp_path: Path, path: str, kind: str) -> None:
    root = on_disk(tmp_path, {path: "{}\n"} if path in (OVERLAY, RELEASE) else {})
    replaced(root, path, kind)
    told = [(one.code, one.file, one.message) for one in found(root) if one.code != "MG106"]
    assert told == [("MG115", path, KINDS[kind])]


@pytest.mark.parametrize("kind", ["circle", "link to a folder", "link to nothing"])
def test_a_link_among_the_code_is_a_finding(tmp_path: Path, kind: str) -> None:
    root = on_disk(tmp_path)
    replaced(root, f"{PROJECT}/model.py", kind)
    assert [(one.code, one.message) for one in found(root)] == [("MG115", KINDS[kind])]


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("fraud-detection", "a symbolic link to a folder stands where a file is read"),
        ("..", "a symbolic link to a folder stands where a file is read"),
        ("../..", "a symbolic link leads out of the repository"),
        ("/etc", "a symbolic link leads out of the repository"),
        ("other", "symbolic links go round in a circle"),
        ("nowhere", "a symbolic link to nothing stands where a file is read"),
    ],
)
def test_a_link_is_no_project(tmp_path: Path, target: str, said: str, listed: bool) -> None:
    root = on_disk(tmp_path / "repository")
    (root / "projects/other").symlink_to(target)
    if listed:
        subprocess.run(["git", "init", "--quiet", root], check=True)
    compilation = compile_tree(WorkTree(root, git_listing(root) if listed else None))
    assert compilation.names == ("fraud-detection",)
    told = [(one.code, one.file, one.message) for one in compilation.findings.diagnostics]
    assert told == [("MG115", "projects/other", said)]


def test_a_linked_folder_of_code_is_a_finding(tmp_path: Path) -> None:
    root = on_disk(tmp_path, {"shared/helper.py": "x = 1\n"})
    (root / PROJECT / "shared").symlink_to("../../shared")
    assert [(one.code, one.file) for one in found(root)] == [("MG115", f"{PROJECT}/shared")]


@pytest.mark.parametrize("name", ["x" * 300 + ".yaml", "/".join(["x" * 200] * 30), "nul\\0byte.yaml", "\\ud800.yaml"])
def test_a_name_that_no_disk_can_hold_is_a_missing_file(tmp_path: Path, name: str) -> None:
    root = on_disk(tmp_path, edited(CONFIG, ("alerting:", f'data:\n  contract: "{name}"\nalerting:')))
    assert [one.code for one in found(root)] in (["MG106"], ["MG101"])


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
