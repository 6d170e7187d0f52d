"""The demo as a newcomer meets it: interrupted half way, then run to its end in the same folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.alone]

DEMO = [sys.executable, "-m", "mlops_gitops.cli.main", "demo", "--folder"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo") / "scratch"
    yield folder
    for process in left_running(folder):
        os.kill(process, signal.SIGKILL)


def left_running(folder: Path) -> list[int]:
    """Processes that work in the folder: by their current directory, or by naming it in command or environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            here = (entry / "cwd").readlink()
        except OSError:
            continue
        if int(entry.name) != os.getpid() and (str(folder).encode() in told or here.is_relative_to(folder)):
            found.append(int(entry.name))
    return found


def wait_until_none(folder: Path, seconds: float = 20) -> list[int]:
    until = time.monotonic() + seconds
    while (left := left_running(folder)) and time.monotonic() < until:
        time.sleep(0.2)
    return left


def test_an_interrupt_stops_all_that_runs(folder: Path) -> None:
    demo = subprocess.Popen([*DEMO, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if "data_validation" in line:  # the rendered Job runs under the supervisor, and a stage of the run as well
            demo.send_signal(signal.SIGINT)
            break
    rest = demo.stdout.read()
    assert demo.wait(timeout=60) == 130, "".join(seen) + rest
    assert "Traceback" not in rest
    assert wait_until_none(folder) == []


def test_the_whole_demo(folder: Path) -> None:
    done = subprocess.run([*DEMO, str(folder)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "recall 0.85 → 0.88" in done.stdout
    assert "remedy: roll back to v1" in done.stdout
    assert wait_until_none(folder) == []

    page = (folder / "report.html").read_text(encoding="utf-8")
    assert all(word in page for word in ("recall", "amount", "Roll fraud-detection in staging back to v1"))

    status = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True)
    assert status.stdout == ""

    trace = subprocess.run(
        [*DEMO[:-2], "audit", "trace", "fraud-detection", "--environment", "staging", "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(trace.stdout)["serving"]["model"]["version"] == 1


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    done = subprocess.run([*DEMO, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert "no demo made it" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"
