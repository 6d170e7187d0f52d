"""Probes: how long health may take to answer follows from how long an answer may take at all.

A health endpoint answers at once, unless what serves is busy with something else.  It is given twenty times the
promised latency before it counts as not answered: under load it waits behind requests that are each within theirs.
"""

from __future__ import annotations

import math

from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.serving import Slo

_LATENCIES = 20


def server_probes(slo: Slo) -> dict[str, Plain]:
    """The probes of a server with the paths of the V2 protocol, on its port ``http``."""
    return probes(slo, live="/v2/health/live", ready="/v2/health/ready", port="http")


def probes(slo: Slo, *, live: str, ready: str, port: str) -> dict[str, Plain]:
    """Startup, readiness and liveness, as fields of a container."""
    timeout_s = max(1, math.ceil(slo.latency.total_seconds() * _LATENCIES))
    return {
        "startupProbe": _probe(live, port, period_s=max(2, timeout_s), timeout_s=timeout_s, failures=60),
        "readinessProbe": _probe(ready, port, period_s=max(5, timeout_s), timeout_s=timeout_s, failures=3),
        "livenessProbe": _probe(live, port, period_s=max(10, timeout_s), timeout_s=timeout_s, failures=3),
    }


def _probe(path: str, port: str, *, period_s: int, timeout_s: int, failures: int) -> dict[str, Plain]:
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period_s,
        "timeoutSeconds": timeout_s,
        "failureThreshold": failures,
    }
