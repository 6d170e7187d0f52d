"""Runs are numbered, recorded, and known to be dead when they are."""

import subprocess
import sys

from mlops_gitops.adapters.run_store import FolderRunStore

KILLED = """
import os, signal, sys
from pathlib import Path
from mlops_gitops.adapters.run_store import FolderRunStore
store = FolderRunStore(Path(sys.argv[1]))
number, _ = store.open("loans")
store.save("loans", number, {"status": "RUNNING"})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_numbers_count_per_project(tmp_path):
    store = FolderRunStore(tmp_path)
    assert [store.open("loans")[0], store.open("loans")[0], store.open("fraud")[0]] == [1, 2, 1]
    assert FolderRunStore(tmp_path).open("loans")[0] == 3
    assert store.numbers("loans") == (1, 2, 3)
    assert store.numbers("nothing") == ()


def test_a_record_is_read_back_and_a_damaged_one_is_none(tmp_path):
    store = FolderRunStore(tmp_path)
    number, folder = store.open("loans")
    assert store.load("loans", number) is None
    store.save("loans", number, {"status": "SUCCESS"})
    assert store.load("loans", number) == {"status": "SUCCESS"}
    (folder / "run.json").write_text('{"sta')
    assert store.load("loans", number) is None


def test_a_killed_run_is_told_from_one_that_runs(tmp_path):
    store = FolderRunStore(tmp_path)
    number, _ = store.open("loans")
    store.save("loans", number, {"status": "RUNNING"})
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert store.interrupted("loans") == (2,)
    store.close("loans", number)
    assert store.interrupted("loans") == (1, 2)
