"""DVC really keeps the bytes: a file that was removed comes back from its cache."""

import subprocess
import sys

import pytest

from mlops_gitops.adapters.dvc_data import DvcDataStore
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.stages.source_data import check_against_pointer, file_md5, pointer_md5

PATH = "projects/loans/data/loans.csv"


@pytest.fixture
def store(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", tmp_path, "commit", "-q", "--allow-empty",
                    "-m", "first"], check=True)  # fmt: skip
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text("a,b\n1,2\n")
    return DvcDataStore(tmp_path)


def test_a_removed_file_comes_back(store, capfd):
    file = store.root / PATH
    added = store.add(PATH)
    assert added == f"md5:{file_md5(file)}" == f"md5:{pointer_md5(file)}"
    file.unlink()
    assert store.fetch(PATH)
    check_against_pointer(file)
    version = store.version(PATH)
    assert f"md5:{version.md5}" == added
    assert len(version.rev) == 40
    assert version.url.startswith("file://")
    assert capfd.readouterr() == ("", "")


def test_a_generated_file_is_kept_by_its_pointer(store):
    store.add(PATH)
    whole = (store.root / PATH).read_bytes()
    subprocess.run(["rm", "-rf", store.root / ".dvc" / "cache", store.root / PATH], check=True)
    assert not store.fetch(PATH)
    (store.root / PATH).write_bytes(whole)
    store.keep(PATH)
    (store.root / PATH).unlink()
    assert store.fetch(PATH)
    assert (store.root / PATH).read_bytes() == whole


def test_another_files_bytes_are_not_kept_under_the_pointer(store):
    store.add(PATH)
    pointed = pointer_md5(store.root / PATH)
    (store.root / PATH).write_text("something else")
    with pytest.raises(OutsideError):
        store.keep(PATH)
    assert pointer_md5(store.root / PATH) == pointed


def test_untracked_and_missing_paths(store):
    assert not store.fetch(PATH)
    store.keep(PATH)  # nothing to do
    with pytest.raises(OutsideError, match="not tracked") as raised:
        store.version(PATH)
    assert f"dvc add {PATH}" in raised.value.todo
    with pytest.raises(OutsideError, match="no such data file"):
        store.add("projects/loans/data/none.csv")


def test_without_dvc_there_is_no_store(tmp_path):
    assert not DvcDataStore(tmp_path).fetch(PATH)
