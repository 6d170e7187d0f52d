"""Processes of this machine: each command gets a session of its own, so that a deadline ends all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.processes import ProcessEnd

GRACE_S = 5.0
"""Between asking a process group to end and killing it."""


class LocalProcesses:
    """Implements ``ports.processes.Processes``."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._grace_s = grace_s

    def run(
        self, command: Sequence[str], *, cwd: Path, log: Path, timeout_s: float, environment: Mapping[str, str]
    ) -> ProcessEnd:
        """Run to the end; see the port."""
        begun = time.monotonic()
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as output:
                process = subprocess.Popen(
                    command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    env={**os.environ, **environment}, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            raise OutsideError(f"{command[0]} cannot be started", where=str(cwd), why=str(error)) from error
        timed_out = False
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            # Reached at an interrupt too. What the command left behind in its session ends with it.
            self._stop(process)
        return ProcessEnd(process.returncode, timed_out, time.monotonic() - begun)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            _signal(process.pid, signal.SIGTERM)
            # The kill below does not ask.
            with suppress(subprocess.TimeoutExpired):
                process.wait(self._grace_s)
        _signal(process.pid, signal.SIGKILL)
        process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return  # nobody is left in it
