"""A real Kubernetes API server with its etcd, for the length of a test session.

Nothing is scheduled and nothing runs: what it does is what no schema can, to say of an object whether a cluster would
take it.  Both are killed with the process that started them, keep their data in a temporary folder and listen on
loopback ports that the kernel picked.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tools.go_programs import SETS

TOKEN = "administrator"
START_TIMEOUT_S = 60
PROGRAMS = ("etcd", "kube-apiserver")


def programs() -> dict[str, Path]:
    """The programs, from ``KUBEBUILDER_ASSETS`` where that is set; one that is not there is left out."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    paths = {name: Path(assets) / name if assets else SETS["controlplane"].program(name) for name in PROGRAMS}
    return {name: path for name, path in paths.items() if path.exists()}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all are taken before the first is given back, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...]

    @property
    def refusal(self) -> str:
        """Why it was refused; empty where it was not."""
        return "" if self.status < 300 else f"{self.status} {self.body.get('message', self.body)}"


class ApiServer:
    """Requests to a running API server, as an administrator."""

    def __init__(self, url: str, certificate: Path) -> None:
        self.url, self.certificate = url, certificate
        headers = {"Authorization": f"Bearer {TOKEN}"}
        context = ssl.create_default_context(cafile=str(certificate))
        self._client = httpx.Client(base_url=url, verify=context, headers=headers, timeout=60, trust_env=False)
        self._resources: dict[str, dict[str, dict[str, Any]]] = {}
        self._defined: set[str] = set()

    def request(self, method: str, path: str, **options: Any) -> Answer:
        """One raw request."""
        answer = self._client.request(method, path, **options)
        told = answer.headers.get_list("Warning")
        kind = answer.headers.get("Content-Type", "")
        body = answer.json() if kind.startswith("application/json") else {"message": answer.text}
        return Answer(answer.status_code, body, tuple(text.split('"', 1)[-1].rstrip('"') for text in told))

    def apply(self, body: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        """Server-side apply with strict field validation, as the reconciler does it."""
        parameters = {"fieldManager": "mlops-gitops", "fieldValidation": "Strict", "force": "true"}
        if dry_run:
            parameters["dryRun"] = "All"
        path = self.path_of(body)
        if path is None:
            message = f"the server knows no {body['apiVersion']} {body['kind']}"
            return Answer(404, {"message": message}, ())
        headers = {"Content-Type": "application/apply-patch+yaml"}
        return self.request("PATCH", path, params=parameters, headers=headers, content=json.dumps(body))

    def create(self, path: str, body: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        """A plain create in a collection, strictly validated."""
        parameters = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        return self.request("POST", path, params=parameters, json=dict(body))

    def path_of(self, body: Mapping[str, Any]) -> str | None:
        """Where an object is served; ``None`` where the server does not know its kind."""
        version = body["apiVersion"]
        folder = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if version not in self._resources:
            listed = self.request("GET", folder)
            if listed.status != 200:
                return None
            resources = (one for one in listed.body["resources"] if "/" not in one["name"])
            self._resources[version] = {one["kind"]: one for one in resources}
        resource = self._resources[version].get(body["kind"])
        if resource is None:
            return None
        namespace = body["metadata"].get("namespace", "default")
        place = f"{folder}/namespaces/{namespace}" if resource["namespaced"] else folder
        return f"{place}/{resource['name']}/{body['metadata']['name']}"

    def define(self, definitions: list[dict[str, Any]]) -> None:
        """Apply CustomResourceDefinitions, those that are not there yet, and wait until their kinds are served."""
        definitions = [body for body in definitions if body["metadata"]["name"] not in self._defined]
        self._defined |= {body["metadata"]["name"] for body in definitions}
        for body in definitions:
            if refusal := self.apply(body).refusal:
                raise RuntimeError(f"{body['metadata']['name']}: {refusal}")
        for body in definitions:
            _until(lambda body=body: self._served(body), f"{body['metadata']['name']} is served")
        self._resources.clear()

    def _served(self, definition: Mapping[str, Any]) -> bool:
        group = definition["spec"]["group"]
        served = [one["name"] for one in definition["spec"]["versions"] if one["served"]]
        listed = [self.request("GET", f"/apis/{group}/{name}") for name in served]
        plural = definition["spec"]["names"]["plural"]
        return all(
            one.status == 200 and any(resource["name"] == plural for resource in one.body["resources"])
            for one in listed
        )


def _until(holds: Any, what: str, process: subprocess.Popen[bytes] | None = None, log: Path | None = None) -> None:
    started = time.monotonic()
    while not holds():
        late = time.monotonic() - started > START_TIMEOUT_S
        if late or (process and process.poll() is not None):
            said = "".join(log.read_text(errors="replace").splitlines(True)[-20:]) if log else ""
            raise RuntimeError(f"waited in vain until {what}\n{said}")
        time.sleep(0.05)


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive this one, however this one ends."""
    guard = ["setpriv", "--pdeathsig", "KILL"] if sys.platform == "linux" else []
    with log.open("wb") as out:
        process = subprocess.Popen([*guard, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _write_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(key.private_bytes(*form, serialization.NoEncryption()))


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Start etcd and the API server in a folder; both are gone afterwards."""
    path = programs()
    client, peer, secure = free_ports(3)
    key, tokens, certificates = folder / "service-accounts.key", folder / "tokens.csv", folder / "certificates"
    _write_key(key)
    tokens.write_text(f'{TOKEN},{TOKEN},{TOKEN},"system:masters"\n')
    etcd = [
        str(path["etcd"]),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        "--unsafe-no-fsync",
        "--log-level=error",
    ]
    server = [
        str(path["kube-apiserver"]),
        f"--etcd-servers=http://127.0.0.1:{client}",
        "--bind-address=127.0.0.1",
        f"--secure-port={secure}",
        f"--cert-dir={certificates}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        # A /24 is full after 254 Services.
        "--service-cluster-ip-range=10.0.0.0/12",
        "--disable-admission-plugins=ServiceAccount",
    ]
    with ExitStack() as stack:
        stack.enter_context(_running(etcd, folder / "etcd.log"))
        process = stack.enter_context(_running(server, folder / "kube-apiserver.log"))
        certificate = certificates / "apiserver.crt"
        _until(certificate.exists, "the API server has a certificate", process, folder / "kube-apiserver.log")
        api = ApiServer(f"https://127.0.0.1:{secure}", certificate)
        _until(lambda: _ready(api), "the API server is ready", process, folder / "kube-apiserver.log")
        yield api


def _ready(api: ApiServer) -> bool:
    try:
        return api.request("GET", "/readyz").status == 200
    except httpx.TransportError:
        return False
