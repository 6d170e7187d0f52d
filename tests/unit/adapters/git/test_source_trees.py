"""Commit and work tree as source trees: the same files, the same bytes, the same refusals."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.git.listing import git_head_date
from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.diagnostics import RefusedError


@pytest.fixture
def linked(place: Any) -> Any:
    """Links that stay inside, that leave, that lead nowhere and round in circles; odd names; a submodule."""
    (place.root / "inside.yaml").symlink_to("projects/fraud/config.yaml")
    (place.root / "projects/up.txt").symlink_to("../notes.txt")
    (place.root / "folder").symlink_to("projects/fraud")
    (place.root / "outside.txt").symlink_to("../outside.txt")
    (place.root / "absolute.txt").symlink_to("/etc/hostname")
    (place.root / "dangling.txt").symlink_to("nowhere")
    (place.root / "circle").symlink_to("circle")
    (place.root.parent / "outside.txt").write_text("secret\n")
    place.write("odd/ünïcode name.txt", "u\n")
    place.write("odd/-dash", "d\n")
    (place.root / "odd/binary").write_bytes(bytes(range(256)) * 300)
    place.commit_all("Links")
    return place


READ = ["notes.txt", "inside.yaml", "projects/up.txt", "folder/config.yaml", "odd/binary", "odd/ünïcode name.txt"]
ABSENT = ["nowhere", "notes.txt/below", "projects/fraud/none.yaml", "x" * 5000, "nul\0"]
REFUSED = {
    "outside.txt": "leads out of the repository",
    "absolute.txt": "leads out of the repository",
    "../outside.txt": "leads out of the repository",
    "projects/../../outside.txt": "leads out of the repository",
    "circle": "go round in a circle",
    "projects": "^a folder stands where a file is read",
    "": "^a folder stands where a file is read",
    "folder": "a symbolic link to a folder stands where a file is read",
    "dangling.txt": "a symbolic link to nothing stands where a file is read",
}


def test_both_read_the_same(linked: Any) -> None:
    opened = linked.open()
    commit, disk = opened.tree("HEAD"), opened.work_tree()
    for path in READ:
        assert commit.read(path) == disk.read(path) == (linked.root / path).read_bytes(), path
    for path in ABSENT:
        assert commit.read(path) is None, path
        assert disk.read(path) is None, path
    for path, why in REFUSED.items():
        for tree in (commit, disk):
            with pytest.raises(RefusedError, match=why):
                tree.read(path)


def test_both_list_the_same(linked: Any) -> None:
    opened = linked.open()
    for folder in ("", ".", "projects", "projects/fraud/", "odd", "nowhere", "notes.txt", "folder"):
        listed = list(opened.tree("HEAD").files(folder))
        assert listed == list(opened.work_tree().files(folder)) == sorted(listed), folder
    assert [path for path in opened.tree("HEAD").files("") if path.endswith("/")] == [
        "absolute.txt/",
        "circle/",
        "dangling.txt/",
        "folder/",
        "outside.txt/",
    ]
    assert list(opened.tree("HEAD").files("projects")) == [
        "projects/fraud/config.yaml",
        "projects/fraud/releases/staging.yaml",
        "projects/up.txt",
    ]


def test_an_outline_tells_the_folders_and_all_that_stands_beside_them(linked: Any) -> None:
    for path in ("projects/gone/only.txt", "projects/whole/one.txt", "projects/whole/two.txt"):
        linked.write(path, "x\n")
    (linked.root / "projects/nowhere").symlink_to("../nothing")
    linked.commit_all("More")
    for path in ("projects/fraud/config.yaml", "projects/gone/only.txt", "projects/whole/one.txt"):
        (linked.root / path).unlink()
    disk = linked.open().work_tree()
    assert list(disk.outline("projects")) == [
        "projects/fraud/releases/staging.yaml",
        "projects/nowhere/",
        "projects/up.txt",
        "projects/whole/two.txt",
    ]
    for tree in (disk, linked.open().tree("HEAD")):
        assert set(tree.outline("projects")) <= set(tree.files("projects"))


def test_an_outline_is_of_any_folder_however_it_is_written(place: Any) -> None:
    place.write("a/one.txt", "x\n")
    place.write("a/two.txt", "x\n")
    tree = place.open().work_tree()
    assert "a/one.txt" in tree.outline("")
    assert "a/two.txt" not in tree.outline("")
    assert list(tree.outline("./projects/")) == list(tree.outline("projects"))


def test_the_commit_does_not_see_the_disk(place: Any) -> None:
    opened = place.open()
    before = opened.tree("HEAD")
    place.write("notes.txt", "edited\n")
    assert before.read("notes.txt") == b"first\n"
    assert opened.work_tree().read("notes.txt") == b"edited\n"


def test_a_tree_knows_the_day_of_its_commit_in_utc(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T23:30:00-05:00")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00+00:00")
    place.write("notes.txt", "committer 1 +0000\n")
    place.commit_all("committer a <b@c> 5 +0000")
    opened = place.open()
    for tree in (opened.tree("HEAD"), opened.work_tree()):
        assert tree.committed_on() == date(2026, 3, 2)
    assert git_head_date(place.root) == date(2026, 3, 2)
    assert opened.tree("HEAD~1").committed_on() != date(2026, 3, 2)


def test_before_the_first_commit_there_is_no_day(tmp_path: Path) -> None:
    assert git_head_date(tmp_path) is None
    assert WorkTree(tmp_path).committed_on() is None


def test_ignored_files_are_no_part_of_the_work_tree_but_new_ones_are(place: Any) -> None:
    place.write("projects/fraud/scratch.tmp", "ignored\n")
    place.write("projects/fraud/new.py", "x = 1\n")
    (place.root / "projects/fraud/config.yaml").unlink()
    assert list(place.open().work_tree().files("projects")) == [
        "projects/fraud/new.py",
        "projects/fraud/releases/staging.yaml",
    ]


def test_a_plain_folder_lists_everything_but_caches(tmp_path: Path) -> None:
    for path in ("a.py", "b/c.py", "b/__pycache__/c.pyc", ".git/config", ".mlops-gitops/state"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    os.mkfifo(tmp_path / "pipe")
    tree = WorkTree(tmp_path)
    assert list(tree.files("")) == ["a.py", "b/c.py"]
    assert list(tree.files("b")) == ["b/c.py"]
    (tmp_path / "link").symlink_to("b")
    assert list(tree.files("link")) == []
    assert list(tree.files("")) == ["a.py", "b/c.py", "link/"]
    with pytest.raises(RefusedError, match="something that is no file stands where a file is read"):
        tree.read("pipe")


def test_submodules_are_passed_over(place: Any, tmp_path: Path) -> None:
    place.git("clone", "--quiet", str(place.root), str(tmp_path / "sub"))
    place.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "sub"), "vendor/sub")
    place.git("commit", "--quiet", "--message", "Submodule")
    tree = place.open().tree("HEAD")
    assert list(tree.files("vendor")) == []
    assert tree.read("vendor/sub/notes.txt") is None


def test_replacement_objects_deceive_nobody(place: Any) -> None:
    honest = place.git("rev-parse", "HEAD:notes.txt").strip()
    place.write("notes.txt", "forged\n")
    forged = place.git("hash-object", "-w", "notes.txt").strip()
    place.git("checkout", "--quiet", "notes.txt")
    place.git("replace", honest, forged)
    assert place.git("cat-file", "blob", honest) == "forged\n"
    assert place.open().tree("HEAD").read("notes.txt") == b"first\n"
