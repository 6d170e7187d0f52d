"""Services: which port of this machine each keeps, and which pods it leads to now."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.objects import ObjectStore, StoredObject
from mlops_gitops.adapters.local.pod_template import PodTemplate
from mlops_gitops.adapters.local.pods import Pod
from mlops_gitops.adapters.local.ports import LOOPBACK, free_port
from mlops_gitops.adapters.state_files import read_json, write_json


class Routing:
    """Writes the proxy's routes and each Service's status; keeps ports over restarts."""

    def __init__(self, layout: Layout, store: ObjectStore, say: Callable[[str], None]) -> None:
        self._layout, self._store, self._say = layout, store, say
        self._ports: dict[str, int] = dict(read_json(layout.service_ports) or {})
        self._routes: dict[str, Any] | None = None
        self._notes: dict[str, str] = {}

    def variables(self) -> dict[str, str]:
        """``<SERVICE>_SERVICE_HOST`` and ``_PORT``, as Kubernetes gives them to each container."""
        found: dict[str, str] = {}
        for name, port in self._ports.items():
            prefix = re.sub(r"[^A-Z0-9]", "_", name.split("/")[1].upper())
            found.setdefault(f"{prefix}_SERVICE_HOST", LOOPBACK)
            found.setdefault(f"{prefix}_SERVICE_PORT", str(port))
        return found

    def follow(
        self, services: Iterable[StoredObject], serving: Iterable[tuple[Pod, PodTemplate]], promised: Collection[int]
    ) -> None:
        """Lead each Service to those of the serving pods that its selector names."""
        serving = tuple(serving)
        self._move_where_taken(promised)
        routes: dict[str, Any] = {}
        for stored in services:
            body, key = stored.resource.body, stored.resource.key
            local = []
            for port in body["spec"].get("ports") or ():
                name = f"{key.namespace}/{key.name}/{port.get('name', port['port'])}"
                number = self._ports.get(name) or self._choose(name, promised)
                routes[name] = {
                    "port": number,
                    "backends": _backends(body["spec"]["selector"], port, key.namespace, serving),
                }
                local.append({"name": name, "local": number, "note": self._notes.get(name, "")})
            self._store.put_status(key, {"observedGeneration": stored.generation, "ports": local})
        self._ports = {name: port for name, port in self._ports.items() if name in routes}
        if routes != self._routes:
            write_json(self._layout.service_ports, self._ports)
            write_json(self._layout.routes, routes, durable=False)
            self._routes = routes

    def _choose(self, name: str, promised: Collection[int]) -> int:
        self._ports[name] = free_port({*promised, *self._ports.values()})
        return self._ports[name]

    def _move_where_taken(self, promised: Collection[int]) -> None:
        """A port that another program took while we were down is given up for a new one, and that is said."""
        for name, report in (read_json(self._layout.listening) or {}).items():
            if report["error"] and self._ports.get(name) == report["port"]:
                port = self._choose(name, promised)
                self._notes[name] = f"port {report['port']} was taken ({report['error']}); now {port}"
                self._say(f"Service {name}: {self._notes[name]}")


def _backends(
    selector: Mapping[str, str], port: Mapping[str, Any], namespace: str, serving: Iterable[tuple[Pod, PodTemplate]]
) -> list[int]:
    found = []
    for pod, template in serving:
        inside = template.port_number(port.get("targetPort", port["port"]))
        matches = pod.owner.namespace == namespace and selector.items() <= template.labels.items()
        if matches and inside is not None and inside in pod.ports:
            found.append(pod.ports[inside])
    return sorted(found)
