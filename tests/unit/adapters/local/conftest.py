"""A repository root with a tiny HTTP server in it, and the local target over it; all processes end with the test."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.local.target import LocalTarget
from mlops_gitops.adapters.locks import FileLocks
from mlops_gitops.adapters.state_files import StateFiles
from mlops_gitops.records.labels import ENVIRONMENT, PROJECT
from mlops_gitops.records.resource import Resource
from mlops_gitops.usecases.reconcile import ReconcileOptions, ReconcileReport, reconcile

SERVER = """
import http.server, json, os, pathlib, sys, time
mode, config, store = sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
if mode == "crash":
    sys.exit("no model in the store")
(store / "seen.txt").open("a").write(mode + "\\n")

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(0.3)
        body = {"mode": mode, "pid": os.getpid(), "config": json.loads(config.read_text()), "env": dict(os.environ)}
        self.send_response(503 if mode == "unready" and self.path == "/ready" else 200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
    def log_message(self, *arguments):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

QUICK = ReconcileOptions(rollout_timeout_s=30, lock_timeout_s=10)


def resource(kind: str, name: str, body: dict[str, Any], project: str = "fraud") -> Resource:
    api = {"Deployment": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1"}.get(kind, "v1")
    labels = {PROJECT: project, ENVIRONMENT: "staging"}
    metadata = {"name": name, "namespace": "ml-models", "labels": labels}
    return Resource.of({"apiVersion": api, "kind": kind, "metadata": metadata, **body})


def deployment(mode: str = "one", *, replicas: int = 1, name: str = "web", deadline_s: int = 20) -> Resource:
    container = {
        "name": "server",
        "image": "example/server@sha256:0",
        "command": ["python", "server.py"],
        "args": ["$(PORT)", mode, "/etc/web/config.json", "/var/lib/models"],
        "env": [{"name": "PORT", "value": "8080"}, {"name": "LISTEN", "value": "0.0.0.0:$(PORT)"}],
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 1},
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/web"},
            {"name": "models", "mountPath": "/var/lib/models"},
        ],
    }
    volumes = [
        {"name": "config", "configMap": {"name": "web"}},
        {"name": "models", "persistentVolumeClaim": {"claimName": "model-store"}},
    ]
    pod = {"containers": [container], "volumes": volumes, "terminationGracePeriodSeconds": 3}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    spec = {"replicas": replicas, "progressDeadlineSeconds": deadline_s, "selector": {}, "template": template}
    return resource("Deployment", name, {"spec": spec})


def job(code: str, name: str = "train", **spec: Any) -> Resource:
    container = {"name": "job", "image": "x", "command": ["python", "-c", code]}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    return resource("Job", name, {"spec": {"backoffLimit": 0, **spec, "template": template}})


def web(mode: str = "one", **options: Any) -> tuple[Resource, ...]:
    """All that the server needs, besides itself."""
    service = {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}}
    return (
        resource("Namespace", "ml-models", {}),
        resource("ConfigMap", "web", {"data": {"config.json": '{"limit": 100}'}}),
        resource("PersistentVolumeClaim", "model-store", {"spec": {}}),
        resource("Service", "web", service),
        deployment(mode, **options),
    )


@dataclass
class Local:
    """The target with what a reconcile needs around it."""

    root: Path
    target: LocalTarget
    said: list[str] = field(default_factory=list)

    def reconcile(
        self, desired: tuple[Resource, ...], commit: str = "c0ffee1", options: ReconcileOptions = QUICK
    ) -> ReconcileReport:
        state = self.root / ".mlops-gitops"
        return reconcile(
            self.target,
            desired,
            commit,
            environment="staging",
            state=StateFiles(state),
            locks=FileLocks(state / "locks"),
            say=self.said.append,
            options=options,
        )

    def get(self, path: str = "/") -> Any:
        url = self.target.endpoint("web")
        assert url is not None
        with urllib.request.urlopen(url + path, timeout=10) as answer:
            return json.load(answer)

    @property
    def state(self) -> Path:
        return self.root / ".mlops-gitops" / "local" / "staging"


def wait_for(what: Callable[[], Any], timeout_s: float = 15.0) -> Any:
    """The first true answer; an answer that does not come fails the test."""
    until = time.monotonic() + timeout_s
    while True:
        try:
            found = what()
        except (OSError, urllib.error.URLError):
            found = None
        if found:
            return found
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    # A path that supervisord's configuration and sockets could not bear: long, with % and ; and blanks.
    root = tmp_path / "a repository; 100 % #1 with a name so long that no Unix socket could lie in it, by far too long"
    root.mkdir()
    (root / "server.py").write_text(SERVER)
    target = LocalTarget(root, "staging")
    yield Local(root, target)
    target.stop_all()
    pid_file = root / ".mlops-gitops/local/staging/supervisord.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
        pytest.fail("the supervisor outlived stop_all")
