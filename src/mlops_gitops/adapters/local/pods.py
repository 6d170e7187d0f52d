"""Pods: one process each, remembered in a file each, so that they come back after everything was killed.

A record keeps the pod template as it was applied.  An older pod that serves on while its replacement fails can thus be
started again with its own template, even though the Deployment has long been changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.pod_template import PodTemplate, read_template
from mlops_gitops.adapters.state_files import read_json, write_json
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.canonical import digest_of, short
from mlops_gitops.records.resource import ResourceKey

_LOGS_KEPT = 60
_TAIL_LINES, _TAIL_BYTES = 12, 4096


@dataclass(frozen=True, slots=True)
class Pod:
    """``revision`` is the template's digest, ``ports`` maps container ports to ports of this machine."""

    name: str
    owner: ResourceKey
    revision: str
    template: Mapping[str, Any]
    ports: Mapping[int, int]
    stopping: bool = False

    @property
    def parsed(self) -> PodTemplate:
        """The template, read."""
        return read_template(self.template, f"pod {self.name}")

    def on_ports(self, ports: Mapping[int, int]) -> Pod:
        """The same pod elsewhere."""
        return replace(self, ports=dict(ports))

    def marked_stopping(self) -> Pod:
        """The same pod on its way out."""
        return replace(self, stopping=True)


def revision_of(kind: str, template: Mapping[str, Any]) -> str:
    """What makes pods of one kind the same; annotations of the template count, as on Kubernetes."""
    return short(digest_of([kind, template]))


class PodStore:
    """The pods' records and folders."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def folder(self, name: str) -> Path:
        """A pod's own folder: its record, its launch file, its volumes."""
        return self._layout.pods / name

    def all(self) -> tuple[Pod, ...]:
        """Every pod, in the order of their names; raises ``OutsideError`` where a record is damaged."""
        found = (self._load(path) for path in sorted(self._layout.pods.glob("*/pod.json")))
        return tuple(pod for pod in found if pod)

    def new_name(self, owner: str, revision: str) -> str:
        """A name that no pod and no log has had."""
        number = 0
        while self.folder(f"{owner}-{revision}-{number}").exists() or self.log(f"{owner}-{revision}-{number}").exists():
            number += 1
        return f"{owner}-{revision}-{number}"

    def put(self, pod: Pod) -> None:
        """Write a pod's record."""
        record = {
            "owner": [pod.owner.group, pod.owner.kind, pod.owner.namespace, pod.owner.name],
            "revision": pod.revision,
            "template": pod.template,
            "ports": {str(inside): outside for inside, outside in pod.ports.items()},
            "stopping": pod.stopping,
        }
        write_json(self.folder(pod.name) / "pod.json", record)

    def remove(self, name: str) -> None:
        """Forget a pod; its log stays, up to a number of logs."""
        shutil.rmtree(self.folder(name), ignore_errors=True)
        logs = sorted(self._layout.logs.glob("*.log*"), key=lambda path: path.stat().st_mtime, reverse=True)
        alive = {pod.name for pod in self.all()} | {"agent", "proxy"}
        for path in logs[_LOGS_KEPT:]:
            if path.name.partition(".log")[0] not in alive:
                path.unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """A pod's log."""
        return self._layout.logs / f"{name}.log"

    def log_tail(self, name: str) -> str:
        """The last lines of a pod's log, with its path: what a person needs to see of a failure."""
        try:
            with self.log(name).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        shown = [line.rstrip() for line in lines if line.strip()][-_TAIL_LINES:]
        return "\n".join([f"log {self.log(name)}", *(f"  {line}" for line in shown)])

    def _load(self, path: Path) -> Pod | None:
        plain = read_json(path)
        if plain is None:
            return None
        try:
            ports = {int(inside): int(outside) for inside, outside in plain["ports"].items()}
            owner = ResourceKey(*plain["owner"])
            return Pod(path.parent.name, owner, plain["revision"], plain["template"], ports, plain["stopping"])
        except (KeyError, TypeError, ValueError) as error:
            why = f"{type(error).__name__}: {error}"
            raise OutsideError("a state file is damaged", where=str(path), why=why, todo="remove it") from error
