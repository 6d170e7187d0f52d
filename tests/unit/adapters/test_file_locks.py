"""Locks between processes: waiting, refusing with the holder's name, and letting go when the holder dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlops_gitops.adapters.locks import FileLocks
from mlops_gitops.diagnostics import RefusedError

HOLDER = """
import sys, time, pathlib
from mlops_gitops.adapters.locks import FileLocks
with FileLocks(pathlib.Path(sys.argv[1])).hold("staging", "reconcile --environment staging", 5, print):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(folder: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    process = holder(tmp_path, 30)
    try:
        with pytest.raises(RefusedError) as caught, FileLocks(tmp_path).hold("staging", "x", 0.2, print):
            pytest.fail("two held the lock")
        assert f"`reconcile --environment staging` (process {process.pid}, since 2" in caught.value.what
        with FileLocks(tmp_path).hold("production", "x", 0.2, print):
            pass
    finally:
        process.kill()
        process.wait()


def test_the_second_waits_and_gets_it(tmp_path: Path) -> None:
    process, said = holder(tmp_path, 0.4), []
    with FileLocks(tmp_path).hold("staging", "x", 10, said.append):
        assert process.wait() == 0
    assert len(said) == 1
    assert "waiting up to 10 s" in said[0]


def test_a_dead_holder_holds_nothing_and_children_do_not_inherit(tmp_path: Path) -> None:
    process = holder(tmp_path, 30)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with FileLocks(tmp_path).hold("staging", "x", 0.0, print):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], close_fds=False)
    try:
        begun = time.monotonic()
        with FileLocks(tmp_path).hold("staging", "x", 5, print):
            assert time.monotonic() - begun < 1
    finally:
        child.kill()
        child.wait()
