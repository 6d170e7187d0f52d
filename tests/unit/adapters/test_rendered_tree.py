"""``rendered/`` on disk: staged where nobody sees it, swapped in as a whole, and a kill at any point is recovered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_gitops.adapters import exchange, swap_journal
from mlops_gitops.adapters.rendered_tree import STAGING, RenderedTreeOnDisk
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.rendered_tree import Swap
from tests.kill_points import in_child

Files = dict[str, bytes]
OLD: Files = {"ci/pipeline.yml": b"old\n", "staging/serving/service.yaml": b"old\n"}
NEW: Files = {"ci/pipeline.yml": b"new\n", "production/serving/service.yaml": b"new\n"}
SWAP = Swap(
    folders=("fraud", "image"),
    gone=("credit",),
    outside={".github/workflows/mlops-fraud.yml": b"new\n", ".github/workflows/mlops-image.yml": b"new\n"},
    removed=(".github/workflows/mlops-credit.yml", "rendered/notes.txt"),
)


def start(root: Path) -> RenderedTreeOnDisk:
    """Two projects and what belongs to them, and a stray file."""
    tree = RenderedTreeOnDisk(root)
    tree.stage("fraud", OLD)
    tree.stage("credit", OLD)
    outside = {f".github/workflows/mlops-{name}.yml": b"old\n" for name in ("fraud", "credit")}
    tree.swap(Swap(folders=("fraud", "credit"), outside=outside))
    (root / "rendered/notes.txt").write_bytes(b"notes\n")
    return tree


def go_on(root: Path) -> None:
    """One project changes, one comes, one goes."""
    tree = RenderedTreeOnDisk(root)
    tree.recover()
    tree.stage("fraud", NEW)
    tree.stage("image", NEW)
    tree.swap(SWAP)


def files(root: Path) -> Files:
    """All but what is in the making."""
    found = (path for path in root.rglob("*") if path.is_file())
    paths = {path.relative_to(root).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in paths.items() if not name.startswith(STAGING)}


def project(root: Path, name: str) -> Files:
    return {path: content for path, content in files(root).items() if path.startswith(f"rendered/{name}/")}


@pytest.fixture
def tree(tmp_path: Path) -> RenderedTreeOnDisk:
    return start(tmp_path)


@pytest.fixture(params=["one step", "two renames"])
def exchanged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without a system that can exchange two names."""

    def told(one: Path, other: Path) -> bool:
        sys.audit("tests.exchange", str(one))
        return request.param == "one step" and exchange.exchange(one, other)

    monkeypatch.setattr(swap_journal, "exchange", told)


def test_what_is_staged_is_seen_once_it_is_swapped_in(tree: RenderedTreeOnDisk, tmp_path: Path) -> None:
    before = files(tmp_path)
    tree.stage("fraud", NEW)
    assert files(tmp_path) == before
    tree.swap(Swap(folders=("fraud",)))
    assert project(tmp_path, "fraud") == {f"rendered/fraud/{path}": content for path, content in NEW.items()}
    assert project(tmp_path, "credit") == {f"rendered/credit/{path}": content for path, content in OLD.items()}
    assert not (tmp_path / STAGING).exists()


def test_a_file_may_go_where_nothing_is_staged(tree: RenderedTreeOnDisk, tmp_path: Path) -> None:
    tree.swap(Swap(removed=("rendered/notes.txt",)))
    assert not (tmp_path / "rendered/notes.txt").exists()
    assert not (tmp_path / STAGING).exists()


def test_what_is_staged_may_be_dropped_or_staged_again(tree: RenderedTreeOnDisk, tmp_path: Path) -> None:
    tree.stage("fraud", OLD | NEW)
    tree.stage("fraud", NEW)
    tree.swap(Swap(folders=("fraud",)))
    assert len(project(tmp_path, "fraud")) == len(NEW)
    before = files(tmp_path)
    tree.stage("fraud", OLD)
    tree.drop()
    tree.recover()
    assert files(tmp_path) == before


@pytest.mark.usefixtures("exchanged")
def test_everything_changes_at_once(tmp_path: Path) -> None:
    start(tmp_path)
    go_on(tmp_path)
    assert {path.split("/")[1] for path in files(tmp_path) if path.startswith("rendered/")} == {"fraud", "image"}
    assert set(files(tmp_path).values()) == {b"new\n"}
    assert not (tmp_path / ".github/workflows/mlops-credit.yml").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("exchanged")
@pytest.mark.parametrize("trouble", ["kill", "full"])
def test_a_kill_or_a_full_disk_at_any_step_leaves_old_or_new(tmp_path: Path, trouble: str) -> None:
    start(tmp_path / "start")
    old = files(tmp_path / "start")
    counted = shutil.copytree(tmp_path / "start", tmp_path / "counted")
    total, raised, _ = in_child(lambda: go_on(counted), counted)
    assert raised is None
    new = files(counted)
    assert total > 30
    seen = set[bool]()
    for at in range(1, total + 1):
        root = shutil.copytree(tmp_path / "start", tmp_path / "try")
        _, raised, killed = in_child(lambda root=root: go_on(root), root, at, trouble)  # type: ignore[misc]
        assert killed == (trouble == "kill")
        for name in ("credit", "fraud", "image"):
            mine = project(root, name)
            # Between two renames a folder may be missing until the next call; it is never mixed.
            assert mine in ({}, project(tmp_path / "start", name), project(counted, name)), f"step {at}"
        if trouble == "full":
            assert raised is None or (isinstance(raised, OutsideError) and "No space left" in raised.why)
            assert files(root) == (new if raised is None else old), f"step {at}"
        RenderedTreeOnDisk(root).recover()
        assert files(root) in (old, new), f"step {at}"
        assert not (root / STAGING).exists()
        seen.add(files(root) == new)
        go_on(root)
        assert files(root) == new, f"step {at}"
        shutil.rmtree(root)
    assert seen == {True, False}


def test_with_an_exchange_no_moment_is_without_a_project(tmp_path: Path) -> None:
    if not exchange.exchange(*(_made(tmp_path / name) for name in ("one", "other"))):
        pytest.skip("this file system cannot exchange two names")
    total, _, _ = in_child(lambda: go_on(tmp_path / "counted"), _started(tmp_path / "counted"))
    for at in range(1, total + 1):
        root = _started(tmp_path / f"try {at}")
        in_child(lambda root=root: go_on(root), root, at)  # type: ignore[misc]
        assert project(root, "fraud"), f"step {at}"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _started(root: Path) -> Path:
    start(_made(root))
    return root


def test_a_journal_that_was_copied_with_its_repository_changes_nothing(tmp_path: Path) -> None:
    root = _started(tmp_path / "here")
    total, _, _ = in_child(lambda: go_on(root), root)
    for at in range(total - 12, total):
        origin = _started(tmp_path / f"origin {at}")
        in_child(lambda origin=origin: go_on(origin), origin, at)  # type: ignore[misc]
        copied = shutil.copytree(origin, tmp_path / f"copy {at}")
        RenderedTreeOnDisk(copied).recover()
        for name in ("fraud", "credit", "image"):
            assert project(copied, name) in ({}, project(origin, name), project(root, name))
        assert not (copied / STAGING).exists()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 64 KiB, where we may make one."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("only root may mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    tree = start(small_disk)
    before = files(small_disk)
    with pytest.raises(OutsideError, match="cannot write rendered/fraud") as told:
        tree.stage("fraud", {f"{number}.yaml": b"x" * 4096 for number in range(40)})
    assert "No space left" in told.value.why
    tree.drop()
    assert files(small_disk) == before
    tree.stage("fraud", NEW)
    with pytest.raises(OutsideError, match="cannot write rendered"):
        tree.swap(Swap(folders=("fraud",), outside={"CODEOWNERS": b"x" * 80_000}))
    assert files(small_disk) == before
    assert not (small_disk / STAGING).exists()


def test_a_disk_that_is_read_only(small_disk: Path) -> None:
    tree = start(small_disk)
    before = files(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OutsideError, match="cannot write rendered/fraud") as told:
        tree.stage("fraud", NEW)
    assert "Read-only" in told.value.why
    tree.drop()
    assert files(small_disk) == before


def test_a_folder_that_somebody_else_owns() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        start(root)
        before = files(root)

        def as_nobody() -> None:
            os.setuid(65534)
            go_on(root)

        _, raised, _ = in_child(as_nobody, root)
        assert isinstance(raised, OutsideError)
        assert raised.why == "Permission denied"
        assert files(root) == before


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "rendered").write_text("not a folder\n")
    with pytest.raises(OutsideError, match="cannot write rendered/fraud"):
        RenderedTreeOnDisk(tmp_path).stage("fraud", NEW)


def test_modes_do_not_follow_the_umask(tmp_path: Path) -> None:
    former = os.umask(0o077)
    try:
        start(tmp_path)
    finally:
        os.umask(former)
    made = [*(tmp_path / "rendered/fraud").rglob("*"), *(tmp_path / ".github").rglob("*")]
    assert {path.is_dir(): path.stat().st_mode & 0o777 for path in made} == {True: 0o755, False: 0o644}


def test_nothing_rendered_yet_is_nothing_to_recover(tmp_path: Path) -> None:
    RenderedTreeOnDisk(tmp_path).recover()
    assert list(tmp_path.iterdir()) == []
