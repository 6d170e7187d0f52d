"""Readiness and liveness: probe pods when they are due, off the agent's own thread, and remember what was seen."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from mlops_gitops.adapters.local.pod_template import Probe
from mlops_gitops.adapters.local.ports import LOOPBACK

# A pod that is not ready yet is asked more often than it says: nobody likes to wait for a period to end.
_EAGER_S = 0.15


def probe_once(probe: Probe, port: int) -> str:
    """Probe a port of this machine; returns why it failed, or nothing."""
    try:
        if probe.path is None:
            socket.create_connection((LOOPBACK, port), timeout=probe.timeout_s).close()
            return ""
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=probe.timeout_s)
        try:
            connection.request("GET", probe.path, headers={"Connection": "close"})
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        return f"waiting for {probe.path or f'port {port}'}: {getattr(error, 'strerror', None) or error}"
    return "" if 200 <= status < 400 else f"{probe.path} answers {status}"


@dataclass(slots=True)
class _Watch:
    """What is known of one probe of one process (its id)."""

    process: int
    due: float = 0.0
    passed: bool = False
    failures: int = 0
    why: str = "not probed yet"
    running: Future[str] | None = None


class Prober:
    """Keeps the last results; a process that was started anew begins anew."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="probe")
        self._watches: dict[tuple[str, str], _Watch] = {}

    def ready(self, pod: str, process: int, probe: Probe, port: int, now: float) -> tuple[bool, str]:
        """Whether the pod has passed its last probes, and if not, why."""
        watch = self._watch(pod, "ready", process, probe, port, now)
        return watch.passed, watch.why

    def alive(self, pod: str, process: int, probe: Probe, port: int, now: float) -> bool:
        """False once the pod failed its liveness probe as often as it says."""
        watch = self._watch(pod, "alive", process, probe, port, now)
        return watch.passed or watch.failures < probe.failures

    def forget(self, keep: set[str]) -> None:
        """Drop what is known of pods that are gone."""
        self._watches = {key: watch for key, watch in self._watches.items() if key[0] in keep}

    def _watch(self, pod: str, purpose: str, process: int, probe: Probe, port: int, now: float) -> _Watch:
        watch = self._watches.get((pod, purpose))
        if watch is None or watch.process != process:
            watch = self._watches[pod, purpose] = _Watch(process)
        if watch.running and watch.running.done():
            self._note(watch, watch.running.result(), probe, now)
        if watch.running is None and now >= watch.due:
            watch.running = self._pool.submit(probe_once, probe, port)
        return watch

    def _note(self, watch: _Watch, why: str, probe: Probe, now: float) -> None:
        watch.running = None
        watch.failures = watch.failures + 1 if why else 0
        watch.why = why
        if not why:
            watch.passed = True
        elif watch.failures >= probe.failures:
            watch.passed = False
        watch.due = now + (probe.period_s if watch.passed else min(_EAGER_S, probe.period_s))
