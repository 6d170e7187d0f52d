"""Deadlines are kept and nothing is left behind."""

import os
import signal
import sys
import threading
import time

import psutil
import pytest

from mlops_gitops.adapters.processes import LocalProcesses
from mlops_gitops.diagnostics import OutsideError

# Starts a child, prints its id, then both wait; TERM is ignored by both.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", code])
print(child.pid, flush=True)
time.sleep(60)
"""


def run(tmp_path, code, timeout_s=20.0, grace_s=0.3, **environment):
    return LocalProcesses(grace_s).run(
        [sys.executable, "-c", code], cwd=tmp_path, log=tmp_path / "log", timeout_s=timeout_s, environment=environment
    )


def gone(pid):
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_output_exit_code_and_environment(tmp_path):
    code = "import os, sys; print(os.environ['A']); print('bad', file=sys.stderr); sys.exit(3)"
    ended = run(tmp_path, code, A="b")
    assert (ended.exit_code, ended.timed_out) == (3, False)
    assert sorted((tmp_path / "log").read_text().split()) == ["b", "bad"]


def test_a_deadline_ends_the_whole_group_even_if_it_does_not_listen(tmp_path):
    ended = run(tmp_path, STUBBORN, timeout_s=1.5)
    assert ended.timed_out
    assert ended.exit_code == -signal.SIGKILL
    assert 1.5 <= ended.duration_s < 5
    assert gone(int((tmp_path / "log").read_text()))


def test_what_a_command_leaves_behind_ends_with_it(tmp_path):
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    assert run(tmp_path, code).exit_code == 0
    assert gone(int((tmp_path / "log").read_text()))


def test_an_interrupt_ends_it_too(tmp_path):
    threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, STUBBORN)
    assert gone(int((tmp_path / "log").read_text()))


def test_a_command_that_does_not_exist(tmp_path):
    with pytest.raises(OutsideError, match="cannot be started"):
        LocalProcesses().run(["no-such-program"], cwd=tmp_path, log=tmp_path / "log", timeout_s=1, environment={})
