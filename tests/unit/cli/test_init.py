"""`init`: a first repository that compiles; safe to run twice, safe to kill, and never over anybody's files."""

from __future__ import annotations

import os

import pytest


def test_a_first_repository(outside):
    told = outside("init", "new")
    assert (told.code, told.err) == (0, "")
    assert "next: git add --all" in told.out
    root = outside.root / "new"
    assert (root / ".git/HEAD").read_text() == "ref: refs/heads/main\n"
    assert outside("validate", "--root", root).code == 0
    assert outside("render", "--check", "--root", root).code == 0


def test_twice_is_once(outside):
    outside("init", "new")
    before = {path: path.stat().st_mtime_ns for path in (outside.root / "new").rglob("*.yaml")}
    told = outside("init", "new")
    assert told.code == 0
    assert told.out.startswith("0 files written")
    assert {path: path.stat().st_mtime_ns for path in (outside.root / "new").rglob("*.yaml")} == before


def test_a_killed_init_is_completed(outside):
    outside("init", "new")
    root = outside.root / "new"
    whole = {path.relative_to(root) for path in root.rglob("*") if ".git" not in path.parts}
    (root / "projects/platform.yaml").rename(root / "projects/.new-platform.yaml")
    (root / "projects/.new-platform.yaml").write_bytes(b"half")
    told = outside("init", "new")
    assert told.code == 0
    assert told.out.startswith("1 files written")
    assert {path.relative_to(root) for path in root.rglob("*") if ".git" not in path.parts} == whole


@pytest.mark.parametrize("path", ["projects/platform.yaml", "projects/mine/mlops_config.yaml", ".gitlab-ci.yml"])
def test_nothing_is_overwritten(outside, path):
    outside.write(f"new/{path}", "mine: true\n")
    before = outside.files()
    told = outside("init", "new")
    assert told.code == 4
    assert told.err.startswith(f"{path}: error: ")
    assert "nothing is overwritten" in told.err
    assert outside.files() == before


def test_other_files_are_welcome(outside):
    outside.write("new/README.md", "mine\n")
    assert outside("init", "new").code == 0
    assert (outside.root / "new/README.md").read_text() == "mine\n"


def test_a_file_is_no_folder(outside):
    outside.write("new", "a file\n")
    told = outside("init", "new")
    assert (told.code, told.out) == (2, "")
    assert "this is a file, not a folder" in told.err


def test_not_inside_anothers_projects(place):
    for folder in ("projects", "projects/mine"):
        told = place("init", folder)
        assert told.code == 2
        assert "inside another repository's projects/" in told.err
    assert place.git("status", "--porcelain") == ""


def test_a_folder_of_a_repository_belongs_to_it(place, monkeypatch):
    assert place("init", "teams/fraud").code == 0
    assert not (place.root / "teams/fraud/.git").exists()
    place.commit("Add a platform below")
    assert place("status", "--root", "teams/fraud").code == 0


def test_an_ignored_folder_gets_a_repository_of_its_own(place):
    assert place("init", ".mlops-gitops/scratch").code == 0
    assert (place.root / ".mlops-gitops/scratch/.git").is_dir()


def test_a_hooks_environment_is_not_obeyed(place, outside, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(place.root / ".git"))
    assert outside("init", "new").code == 0
    assert (outside.root / "new/.git").is_dir()


def test_without_git(outside, monkeypatch):
    monkeypatch.setenv("PATH", str(outside.root))
    told = outside("init", "new")
    assert told.code == 3
    assert "git cannot be started" in told.err
    monkeypatch.setenv("PATH", os.defpath)
    assert outside("init", "new").code == 0


@pytest.mark.parametrize(("words", "expected"), [((), "required: DIR"), (("a", "b"), "unrecognized arguments: b")])
def test_wrong_use(outside, words, expected):
    told = outside("init", *words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err
    assert outside.files() == set()
