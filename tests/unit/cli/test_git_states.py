"""Every state a checkout can be in: each verb works in it, or says why not and what to do."""

from __future__ import annotations

import shutil

import pytest

PROJECT = "fraud-detection"
STAGING = ("--environment", "staging")
NEED_GIT = [
    ("run", PROJECT, "--dry-run"),
    ("run", PROJECT),
    ("stage", PROJECT, "data_validation"),
    ("reconcile", *STAGING),
    ("reconcile", *STAGING, "--stop"),
    ("status",),
    ("model", "list", PROJECT),
    ("detect", "drift", PROJECT, *STAGING, "--batch", "x.csv"),
    ("monitor", PROJECT, *STAGING),
    ("rollback", PROJECT, *STAGING),
    ("audit", "trace", PROJECT, *STAGING),
]


@pytest.mark.parametrize("words", NEED_GIT, ids=" ".join)
def test_no_repository(place, words):
    shutil.rmtree(place.root / ".git")
    before = place.files()
    told = place(*words)
    assert (told.code, told.out) == (2, "")
    assert "this is not a git repository\n  do:  run it in a clone, or make one with `git init`" in told.err
    assert place.files() == before


@pytest.mark.parametrize("words", NEED_GIT, ids=" ".join)
def test_no_commit_yet(place, words):
    shutil.rmtree(place.root / ".git")
    place.git("init", "--quiet", "--initial-branch=main")
    before = place.files()
    told = place(*words)
    assert (told.code, told.out) == (2, "")
    assert "this repository has no commit yet\n  do:  make the first commit" in told.err
    assert place.files() == before


def test_a_bare_repository_has_no_projects(place, tmp_path):
    place.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    told = place("status", "--root", tmp_path / "bare")
    assert told.code == 2
    assert "holds no folder `projects`" in told.err
    (tmp_path / "bare" / "projects").mkdir()
    told = place("status", "--root", tmp_path / "bare")
    assert told.code == 2
    assert "bare: it has no work tree\n  do:  use a clone" in told.err


def test_a_linked_worktree_has_state_of_its_own(place, tmp_path, monkeypatch):
    place.release(1)
    linked = tmp_path / "linked"
    place.git("worktree", "add", "--quiet", str(linked), "-b", "side")
    monkeypatch.chdir(linked)
    assert place("model", "list", PROJECT).out.startswith("v1 ")
    assert place("status").code == 0
    assert place("rollback", PROJECT, *STAGING, "--to", "1").code == 0
    assert place("model", "promote", PROJECT, "1", "--environment", "production").code == 0
    assert place.git("log", "-1", "--format=%s", "side") == "Promote fraud-detection v1 to production"
    assert place.git("log", "-1", "--format=%s", "main") == "Release fraud-detection v1 to staging"


def test_a_shallow_clone_says_what_it_does_not_know(place, tmp_path, monkeypatch):
    place.release(1)
    place.release(2)
    shallow = tmp_path / "shallow"
    place.git("clone", "--quiet", "--depth", "1", place.root.as_uri(), str(shallow))
    monkeypatch.chdir(shallow)
    for part in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{part}", "author@localhost")
    assert "at least since" in place("audit", "trace", PROJECT, *STAGING).out
    told = place("rollback", PROJECT, *STAGING, "--to", "HEAD~1")
    assert told.code == 2
    assert "git fetch --unshallow" in told.err
    assert place("model", "list", PROJECT).out.startswith("v2 ")


def test_a_detached_head_can_be_read(place):
    place.release(1)
    place.git("checkout", "--quiet", "--detach")
    for words in (("status",), ("model", "list", PROJECT), ("audit", "trace", PROJECT, *STAGING)):
        assert place(*words).code == 0
    assert place("run", PROJECT, "--dry-run").code == 0


def test_from_a_folder_inside(place, monkeypatch):
    place.release(1)
    monkeypatch.chdir(place.root / "projects" / PROJECT)
    assert place("model", "list", PROJECT).out.startswith("v1 ")
    assert place("status").code == 0
    assert place("run", ".", "--dry-run").code == 0


def test_what_is_not_committed_is_neither_reconciled_nor_released(place):
    place.release(1)
    place.write("projects/platform.yaml", "nonsense: true\n")
    assert place("status").code == 0
    assert place("audit", "trace", PROJECT, *STAGING).code == 0
    told = place("run", PROJECT, "--dry-run")
    assert (told.code, told.out) == (1, "")
    assert "projects/platform.yaml" in told.err
