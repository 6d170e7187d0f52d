"""``rendered/`` on disk: a folder is swapped whole, and a kill at any point is undone by the next call."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from mlops_gitops.adapters.rendered_tree import RenderedTreeOnDisk
from mlops_gitops.diagnostics import OutsideError

OLD = {"ci/pipeline.yml": b"old\n", "staging/serving/service.yaml": b"old\n"}
NEW = {"ci/pipeline.yml": b"new\n", "production/serving/service.yaml": b"new\n"}


@pytest.fixture
def tree(tmp_path: Path) -> RenderedTreeOnDisk:
    made = RenderedTreeOnDisk(tmp_path)
    made.replace("fraud", OLD)
    made.replace("credit", OLD)
    return made


def files(root: Path, folder: str = "fraud") -> dict[str, bytes]:
    below = root / "rendered" / folder
    return {path.relative_to(below).as_posix(): path.read_bytes() for path in below.rglob("*") if path.is_file()}


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "rendered").iterdir())


def test_a_folder_is_replaced_whole_and_alone(tree, tmp_path):
    tree.replace("fraud", NEW)
    assert (files(tmp_path), files(tmp_path, "credit")) == (NEW, OLD)
    assert folders(tmp_path) == ["credit", "fraud"]


def test_no_files_are_no_folder(tree, tmp_path):
    tree.replace("fraud", {})
    assert folders(tmp_path) == ["credit"]
    tree.replace("never", {})
    assert folders(tmp_path) == ["credit"]


class Killed(BaseException):
    """What a kill would be: nothing of ours gets to run after it."""


@pytest.mark.parametrize("at", range(8))
def test_killed_at_any_step_then_called_again(tree, tmp_path, monkeypatch, at):
    steps = 0
    real = {"mkdir": Path.mkdir, "write_bytes": Path.write_bytes, "rename": Path.rename}

    def counted(name):
        def call(self, *arguments, **options):
            nonlocal steps
            if steps == at:
                raise Killed
            steps += 1
            return real[name](self, *arguments, **options)

        return call

    for name in real:
        monkeypatch.setattr(Path, name, counted(name))
    with contextlib.suppress(Killed):
        tree.replace("fraud", NEW)
    for name, function in real.items():
        monkeypatch.setattr(Path, name, function)
    RenderedTreeOnDisk(tmp_path).recover()
    assert files(tmp_path) in (OLD, NEW), "whole, the one or the other"
    assert folders(tmp_path) == ["credit", "fraud"]
    RenderedTreeOnDisk(tmp_path).replace("fraud", NEW)
    assert files(tmp_path) == NEW
    assert folders(tmp_path) == ["credit", "fraud"]


def test_killed_while_the_old_one_was_removed(tree, tmp_path):
    shutil.copytree(tmp_path / "rendered/fraud", tmp_path / "rendered/.old-fraud")
    tree.recover()
    assert folders(tmp_path) == ["credit", "fraud"]


def test_trouble_puts_the_old_one_back(tree, tmp_path, monkeypatch):
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutsideError, match="cannot write rendered/fraud") as raised:
        tree.replace("fraud", NEW)
    assert raised.value.why == "No space left on device"
    assert "the old files are still there" in raised.value.todo
    assert files(tmp_path) == OLD
    assert folders(tmp_path) == ["credit", "fraud"]


def test_trouble_between_the_two_renames(tree, tmp_path, monkeypatch):
    rename, calls = Path.rename, []

    def second_fails(path: Path, target: Path) -> Path:
        calls.append(path.name)
        if len(calls) == 2:
            raise OSError(30, "Read-only file system", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(OutsideError):
        tree.replace("fraud", NEW)
    assert files(tmp_path) == OLD
    assert folders(tmp_path) == ["credit", "fraud"]


def test_one_stray_file(tree, tmp_path):
    (tmp_path / "rendered/stray.yaml").write_text("x\n")
    for _ in range(2):
        tree.remove("rendered/stray.yaml")
    assert folders(tmp_path) == ["credit", "fraud"]


def test_nothing_rendered_yet_is_nothing_to_recover(tmp_path):
    RenderedTreeOnDisk(tmp_path).recover()
    assert list(tmp_path.iterdir()) == []
