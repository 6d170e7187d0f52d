"""Speak with a running supervisord: XML-RPC over its Unix socket, in the few words that are needed."""

from __future__ import annotations

import http.client
import socket
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_gitops.diagnostics import OutsideError

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program as supervisord sees it: ``state`` in its words (RUNNING, BACKOFF, FATAL, …), times as epoch seconds."""

    name: str
    state: str
    pid: int
    started: float
    stopped: float
    exit_status: int
    why: str

    @property
    def alive(self) -> bool:
        """Whether there is a process."""
        return self.pid != 0


class Supervisor:
    """One supervisord. Every method raises ``OutsideError`` where nobody answers on the socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answers(self) -> bool:
        """Whether a supervisord is there and at work."""
        try:
            return bool(self._call(lambda server: server.supervisor.getState())["statecode"] == 1)
        except OutsideError:
            return False

    def programs(self) -> dict[str, Program]:
        """All programs by name."""
        found = self._call(lambda server: server.supervisor.getAllProcessInfo())
        return {one["group"]: _program(one) for one in found}

    def add(self, name: str) -> None:
        """Start a program whose configuration file was just written; nothing happens where it is known already."""
        self._call(lambda server: server.supervisor.reloadConfig())
        self._quietly(lambda server: server.supervisor.addProcessGroup(name))

    def start(self, name: str) -> None:
        """Start a program that stopped or was given up."""
        self._quietly(lambda server: server.supervisor.startProcess(name, False))

    def stop(self, name: str) -> None:
        """Ask a program to stop and return at once."""
        self._quietly(lambda server: server.supervisor.stopProcess(name, False))

    def remove(self, name: str) -> None:
        """Forget a program that has stopped."""
        self._quietly(lambda server: server.supervisor.removeProcessGroup(name))

    def stop_everything(self) -> None:
        """Stop the agent first, so that it does not mend what follows, then all programs at once, then supervisord."""
        self._quietly(lambda server: server.supervisor.stopProcess("agent"))
        self._quietly(lambda server: server.supervisor.stopAllProcesses())
        self._quietly(lambda server: server.supervisor.shutdown())

    def shut_down(self) -> None:
        """Ask supervisord to stop all it runs and to end."""
        self._quietly(lambda server: server.supervisor.shutdown())

    def _quietly(self, call: Callable[[Any], Any]) -> None:
        """A call whose refusals (already started, no such program, …) mean that there is nothing to do."""
        try:
            self._call(call)
        except xmlrpc.client.Fault:
            return

    def _call(self, call: Callable[[Any], Any]) -> Any:
        try:
            with xmlrpc.client.ServerProxy("http://supervisor/RPC2", transport=_Transport(self._path)) as server:
                return call(server)
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
            raise OutsideError(
                "the process supervisor does not answer", where=str(self._path), why=str(error), todo="reconcile again"
            ) from error


def _program(info: Any) -> Program:
    return Program(
        name=info["group"],
        state=info["statename"],
        pid=info["pid"],
        started=float(info["start"]),
        stopped=float(info["stop"]),
        exit_status=info["exitstatus"],
        why=info["spawnerr"],
    )


class _Transport(xmlrpc.client.Transport):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return _UnixConnection(self._path)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
