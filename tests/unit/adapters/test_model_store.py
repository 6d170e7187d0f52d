"""The model store on a real disk."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlops_gitops.adapters.model_store import FolderModelStore
from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.stages.package_contents import write_contents


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "code").mkdir(parents=True)
    (folder / "model.joblib").write_bytes(b"\x80" * 1000)
    (folder / "code" / "model.py").write_text("x = 1\n")
    write_contents(folder)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> FolderModelStore:
    return FolderModelStore(tmp_path / "state" / "models")


def names(store: FolderModelStore) -> list[str]:
    return sorted(path.name for path in store.root.iterdir())


def test_a_package_is_found_by_its_digest(store: FolderModelStore, package: Path) -> None:
    digest = store.put(package)
    assert store.exists(digest)
    assert store.path(digest) == store.root / digest.removeprefix("sha256:")
    assert (store.path(digest) / "code" / "model.py").read_text() == "x = 1\n"
    store.verify(digest)
    assert names(store) == [digest.removeprefix("sha256:")]


def test_putting_twice_keeps_the_first_copy(store: FolderModelStore, package: Path) -> None:
    digest = store.put(package)
    before = store.path(digest).stat().st_ino
    assert store.put(package) == digest
    assert store.path(digest).stat().st_ino == before


def test_putting_at_once_gives_one_copy(store: FolderModelStore, package: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(store.put, [package] * 8))
    assert len(digests) == 1
    store.verify(digests.pop())
    assert len(names(store)) == 1


def test_a_damaged_package_is_told_and_mended_by_putting_it_again(store: FolderModelStore, package: Path) -> None:
    digest = store.put(package)
    damaged = store.path(digest) / "model.joblib"
    damaged.chmod(0o644)
    damaged.write_bytes(b"other")
    with pytest.raises(RefusedError) as refused:
        store.verify(digest)
    assert "model.joblib was changed" in refused.value.why
    assert store.put(package) == digest
    store.verify(digest)


def test_what_is_absent_or_no_digest_is_an_error(store: FolderModelStore) -> None:
    absent = "sha256:" + "0" * 64
    assert not store.exists(absent)
    with pytest.raises(OutsideError, match="lacks package"):
        store.path(absent)
    for wrong in ("", "sha256:abc", "../../etc", "sha256:" + "0" * 63 + "/"):
        with pytest.raises(UsageError, match="not a digest"):
            store.exists(wrong)


def test_left_overs_of_a_killed_put_go_away_after_a_while(store: FolderModelStore, package: Path) -> None:
    old, young = store.root / ".incoming-old", store.root / ".incoming-young"
    for left in (old, young):
        (left / "package").mkdir(parents=True)
    os.utime(old, (time.time() - 7200,) * 2)
    digest = store.put(package)
    assert names(store) == [".incoming-young", digest.removeprefix("sha256:")]


def test_a_place_that_cannot_be_written_is_trouble_outside(tmp_path: Path, package: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutsideError, match="cannot be written"):
        FolderModelStore(tmp_path / "file" / "models").put(package)
