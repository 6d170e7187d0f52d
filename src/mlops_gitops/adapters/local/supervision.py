"""Have a supervisord running for one environment, or stop it with all that it runs.

supervisord keeps the agent, the proxy and the pods going after the command that started it is over.  Its pid file lies
in the environment's state; a pid file whose process is gone, or is not our supervisord, is stale and passed over.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from mlops_gitops.adapters.local.control import Supervisor
from mlops_gitops.adapters.local.layout import Layout, make_run_folder
from mlops_gitops.adapters.state_files import write_bytes
from mlops_gitops.diagnostics import OutsideError

_START_TIMEOUT_S, _STOP_TIMEOUT_S = 20.0, 20.0
_PACKAGE = "mlops_gitops.adapters.local"

_CONFIG = """\
[supervisord]
logfile = {run}/state/supervisord.log
logfile_maxbytes = 1MB
logfile_backups = 1
pidfile = {run}/state/supervisord.pid
directory = {run}/state
childlogdir = {run}/state/logs
minfds = 256
minprocs = 16

[unix_http_server]
file = {run}/supervisor.sock
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = {run}/state/programs/*.conf

"""

# A pod's process that ends within `startsecs` was a failed start: it is tried again later and later, then given up.
_PROGRAM = """\
[program:{name}]
command = /bin/sh {run}/run {module} {argument}
autostart = true
autorestart = {restart}
startsecs = {startsecs}
startretries = {retries}
stopwaitsecs = {grace}
stopasgroup = true
killasgroup = true
priority = {priority}
redirect_stderr = true
stdout_logfile = {run}/state/logs/{name}.log
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 1

"""

# How often a pod is started, with one second more of a pause each time, before it counts as crashing.
POD_STARTS = 4


class Supervision:
    """The supervisord of one environment."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    @property
    def control(self) -> Supervisor:
        """How to speak with it."""
        return Supervisor(self._layout.socket)

    def running(self) -> bool:
        """Whether supervisord is up; looking starts nothing."""
        return self._layout.socket.exists() and self.control.answers()

    def ensure(self) -> bool:
        """Start supervisord where it is not running; returns whether it had to be started."""
        if self.running():
            return False
        if importlib.util.find_spec("supervisor") is None:
            raise OutsideError(
                "the package `supervisor` is not installed",
                why="the local target keeps processes running with it",
                todo="pip install 'mlops-gitops[run]'",
            )
        # One that lost its socket (a cleaned temporary folder) still owns ports and pods.
        self._end_process()
        self._prepare()
        self._start()
        return True

    def stop(self) -> None:
        """Stop everything and wait until it is gone; nothing happens where nothing runs."""
        if self.running():
            # A process that does not stop in time keeps the answer back; it is ended by force below.
            with contextlib.suppress(OutsideError):
                self.control.stop_everything()
        self._end_process()
        shutil.rmtree(self._layout.run_folder, ignore_errors=True)

    def write_program(self, name: str, launch: Path, *, restart: bool, grace_s: int) -> None:
        """Write a pod's configuration; ``control.add`` starts it."""
        section = _PROGRAM.format(
            name=name,
            run=self._layout.run_folder,
            module=f"{_PACKAGE}.launch",
            argument=f"{self._layout.run_folder}/state/{launch.relative_to(self._layout.state)}",
            restart="true" if restart else "false",
            startsecs=10 if restart else 0,
            retries=POD_STARTS if restart else 0,
            grace=grace_s,
            priority=500,
        )
        write_bytes(self._layout.programs / f"{name}.conf", section.encode(), durable=False)

    def remove_program(self, name: str) -> None:
        """Forget a pod that has stopped."""
        self.control.remove(name)
        (self._layout.programs / f"{name}.conf").unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Lay out what a fresh supervisord reads; the agent adds the pods again from their records."""
        layout = self._layout
        for folder in (layout.status, layout.programs):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (layout.objects, layout.status, layout.programs, layout.logs, layout.pods, layout.progress):
            folder.mkdir(parents=True, exist_ok=True)
        layout.listening.unlink(missing_ok=True)
        layout.pid_file.unlink(missing_ok=True)
        run = make_run_folder(layout)
        layout.socket.unlink(missing_ok=True)
        script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m "$@"\n'
        write_bytes(run / "run", script.encode(), durable=False)
        own = {"restart": "true", "startsecs": 1, "retries": 1000, "grace": 5, "argument": f"{run}/state", "run": run}
        # Low priorities start first and stop last: the agent is gone before the pods are stopped.
        proxy = _PROGRAM.format(name="proxy", module=f"{_PACKAGE}.proxy", priority=1, **own)
        agent = _PROGRAM.format(name="agent", module=f"{_PACKAGE}.agent", priority=999, **own)
        write_bytes(layout.config, (_CONFIG.format(run=run) + proxy + agent).encode(), durable=False)

    def _start(self) -> None:
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._layout.config)]
        keep = ("HOME", "LANG", "PATH", "TMPDIR", "TZ", "XDG_RUNTIME_DIR")
        environment = {name: os.environ[name] for name in keep if name in os.environ}
        try:
            # supervisord goes to the background by itself, once its socket is open.
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_START_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._not_started(str(error)) from error
        until = time.monotonic() + _START_TIMEOUT_S
        while done.returncode == 0 and time.monotonic() < until:
            if self.running():
                return
            time.sleep(0.05)
        raise self._not_started((done.stderr or done.stdout).strip())

    def _not_started(self, why: str) -> OutsideError:
        log = str(self._layout.state / "supervisord.log")
        return OutsideError("the process supervisor does not start", where=log, why=why)

    def _end_process(self) -> None:
        """End a supervisord that is still there: first by word, then by force (its children die with it)."""
        pid = self._pid()
        for number, patience_s in ((signal.SIGTERM, _STOP_TIMEOUT_S), (signal.SIGKILL, 5.0)):
            if pid is None:
                return
            _signal(pid, number)
            until = time.monotonic() + patience_s
            while self._pid() == pid and time.monotonic() < until:
                time.sleep(0.05)
            pid = self._pid()

    def _pid(self) -> int | None:
        """The process id of our supervisord, where it is alive and really ours."""
        try:
            pid = int(self._layout.pid_file.read_text())
            os.kill(pid, 0)
            if Path("/proc/self").exists():
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                return pid if os.fsencode(self._layout.config) in words else None
        except (OSError, ValueError):
            return None
        return pid


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
