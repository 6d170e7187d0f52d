"""A pod template, read once into what a process needs; whatever a process cannot honour is refused by name.

Images, resource requests and security contexts mean nothing for a process and are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops_gitops.diagnostics import RefusedError


@dataclass(frozen=True, slots=True)
class Probe:
    """An HTTP or (without ``path``) TCP probe; ``port`` is a container port or its name."""

    path: str | None
    port: int | str
    period_s: float
    timeout_s: float
    failures: int


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume's place in the container."""

    path: str
    volume: str
    sub_path: str


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """``environment`` and ``volumes`` hold the entries as written; ``ports`` maps names to container ports."""

    command: tuple[str, ...]
    environment: tuple[Mapping[str, Any], ...]
    environment_from: tuple[str, ...]
    working_dir: str
    ports: Mapping[str, int]
    mounts: tuple[Mount, ...]
    volumes: Mapping[str, Mapping[str, Any]]
    readiness: Probe | None
    liveness: Probe | None
    grace_s: int
    service_links: bool
    labels: Mapping[str, str]

    @property
    def container_ports(self) -> tuple[int, ...]:
        """All ports that the container listens on; ``PORT`` counts even where no port is declared."""
        written = [one.get("value") for one in self.environment if one["name"] == "PORT"]
        extra = [int(value) for value in written if value and value.isdigit()]
        return tuple(dict.fromkeys([*self.ports.values(), *extra]))

    def port_number(self, port: int | str) -> int | None:
        """A container port by number or name."""
        return self.ports.get(port) if isinstance(port, str) and not port.isdigit() else int(port)


_VOLUMES = ("configMap", "persistentVolumeClaim", "emptyDir")


def read_template(template: Mapping[str, Any], where: str) -> PodTemplate:
    """Read a Deployment's or Job's ``spec.template``; raises ``RefusedError`` for what a process cannot do."""
    spec = template["spec"]
    if len(spec["containers"]) != 1 or spec.get("initContainers"):
        raise _refused(where, "a pod is one process here: one container, no init containers")
    container = spec["containers"][0]
    if not container.get("command"):
        raise _refused(where, "the container names no command, and images are not used here")
    volumes = {one["name"]: one for one in spec.get("volumes") or []}
    for name, volume in volumes.items():
        if not any(kind in volume for kind in _VOLUMES):
            raise _refused(where, f"volume {name} is none of {', '.join(_VOLUMES)}")
    return PodTemplate(
        command=tuple(map(str, (*container["command"], *(container.get("args") or ())))),
        environment=tuple(_environment(entry, where) for entry in container.get("env") or ()),
        environment_from=tuple(_environment_from(entry, where) for entry in container.get("envFrom") or ()),
        working_dir=container.get("workingDir", ""),
        ports=_ports(container, where),
        mounts=tuple(_mount(one, volumes, where) for one in container.get("volumeMounts") or ()),
        volumes=volumes,
        readiness=_probe(container.get("readinessProbe"), where),
        liveness=_probe(container.get("livenessProbe"), where),
        grace_s=int(spec.get("terminationGracePeriodSeconds", 30)),
        service_links=bool(spec.get("enableServiceLinks", True)),
        labels=(template.get("metadata") or {}).get("labels") or {},
    )


def _environment(entry: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    source = entry.get("valueFrom") or {}
    if source and not ({"configMapKeyRef", "secretKeyRef", "fieldRef"} & source.keys()):
        raise _refused(where, f"environment variable {entry['name']} comes from {', '.join(source)}")
    return entry


def _environment_from(entry: Mapping[str, Any], where: str) -> str:
    if "configMapRef" not in entry or entry.get("prefix"):
        raise _refused(where, "envFrom is only read from a ConfigMap, without a prefix")
    return str(entry["configMapRef"]["name"])


def _ports(container: Mapping[str, Any], where: str) -> dict[str, int]:
    """Each port must be moved to a free one, so the process has to learn it from a variable of that value."""
    values = {str(entry.get("value")) for entry in container.get("env") or ()}
    found = {}
    for one in container.get("ports") or ():
        number = int(one["containerPort"])
        if str(number) not in values:
            raise _refused(where, f"no environment variable carries the port {number}, so it cannot be moved")
        found[one.get("name", str(number))] = number
    return found


def _mount(mount: Mapping[str, Any], volumes: Mapping[str, Any], where: str) -> Mount:
    if mount["name"] not in volumes:
        raise _refused(where, f"volume {mount['name']} is mounted, but not declared")
    path = mount["mountPath"].rstrip("/")
    if not path.startswith("/"):
        raise _refused(where, f"mount path {mount['mountPath']!r} is not an absolute path below /")
    return Mount(path, mount["name"], mount.get("subPath", ""))


def _probe(probe: Mapping[str, Any] | None, where: str) -> Probe | None:
    if not probe:
        return None
    action = probe.get("httpGet") or probe.get("tcpSocket")
    if not action:
        raise _refused(where, "probes are made over HTTP or TCP only")
    path = action.get("path", "/") if "httpGet" in probe else None
    period, timeout = float(probe.get("periodSeconds", 10)), float(probe.get("timeoutSeconds", 1))
    return Probe(path, action["port"], period, timeout, int(probe.get("failureThreshold", 3)))


def _refused(where: str, why: str) -> RefusedError:
    return RefusedError(f"{where} cannot run on this machine", why=why, todo="use the kubernetes target for it")
