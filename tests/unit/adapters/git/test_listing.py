from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlops_gitops import wiring
from mlops_gitops.adapters.git.listing import git_listing, listing_soon
from mlops_gitops.compiler.inputs import read_inputs
from mlops_gitops.diagnostics import OutsideError


def repository(root: Path) -> None:
    for path in ("projects/a/model.py", "projects/a/scratch/x.py", "projects/a-b/model.py", "other.txt"):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    (root / ".gitignore").write_text("scratch/\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)


def test_ignored_files_are_not_listed_and_new_ones_are(tmp_path: Path) -> None:
    repository(tmp_path)
    below = git_listing(tmp_path)
    assert below is not None
    assert list(below("projects/a")) == ["projects/a/model.py"]
    assert list(below("")) == [".gitignore", "other.txt", "projects/a-b/model.py", "projects/a/model.py"]


def test_what_is_asked_first_is_listed_alone_and_the_rest_when_it_is_wanted(tmp_path: Path) -> None:
    repository(tmp_path)
    below = listing_soon(tmp_path, "projects", ".github")()
    assert below is not None
    (tmp_path / "projects/a/new.py").write_text("")
    assert list(below("projects/a")) == ["projects/a/model.py"]
    assert list(below(".github")) == []
    assert list(below("projects")) == ["projects/a-b/model.py", "projects/a/model.py"]
    assert list(below("other.txt")) == []
    assert list(below("")) == [
        ".gitignore", "other.txt", "projects/a-b/model.py", "projects/a/model.py", "projects/a/new.py",
    ]  # fmt: skip


def test_a_listing_that_fails_later_is_told_and_not_empty(tmp_path: Path) -> None:
    repository(tmp_path)
    below = listing_soon(tmp_path, "projects")()
    assert below is not None
    (tmp_path / ".git/index").write_bytes(b"broken")
    assert list(below("projects/a")) == ["projects/a/model.py"]
    with pytest.raises(OutsideError, match="git cannot list the files"):
        below("rendered")


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    repository(tmp_path)
    below = listing_soon(tmp_path, "nothing")()
    assert below is not None
    assert list(below("nothing")) == []


def test_outside_of_a_repository_there_is_no_listing(tmp_path: Path) -> None:
    assert git_listing(tmp_path) is None


def digest(root: Path) -> str:
    return read_inputs(wiring.work_tree(root), "a", ()).code_digest


def test_an_ignored_file_changes_no_digest_and_a_deleted_one_does(tmp_path: Path) -> None:
    repository(tmp_path)
    before = digest(tmp_path)
    (tmp_path / "projects/a/scratch/y.py").write_text("y")
    assert digest(tmp_path) == before
    subprocess.run(["git", "-C", str(tmp_path), "add", "-A"], check=True)
    (tmp_path / "projects/a/model.py").unlink()
    assert digest(tmp_path) != before
