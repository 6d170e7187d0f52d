"""From a pod to a launch file: volumes laid out, ports chosen, texts expanded and rewritten."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.local.expansion import expand, loopback_only, rewrite_paths
from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.objects import StoredObject
from mlops_gitops.adapters.local.pod_template import PodTemplate
from mlops_gitops.adapters.local.pods import Pod
from mlops_gitops.adapters.local.ports import LOOPBACK, free_port, is_free
from mlops_gitops.adapters.state_files import write_bytes, write_json
from mlops_gitops.records.resource import ResourceKey

Objects = Mapping[ResourceKey, StoredObject]


class NotYet(Exception):
    """A pod cannot start now; the text says what it waits for."""


def choose_ports(template: PodTemplate, before: Mapping[int, int], avoid: Collection[int]) -> dict[int, int]:
    """A port of this machine for each container port: the one of before where it is still free."""
    chosen: dict[int, int] = {}
    for inside in template.container_ports:
        old = before.get(inside)
        chosen[inside] = old if old and is_free(old) else free_port({*avoid, *chosen.values()})
    return chosen


def prepare(pod: Pod, layout: Layout, folder: Path, objects: Objects, services: Mapping[str, str]) -> Path:
    """Lay out the pod's volumes below ``folder`` and write its launch file; raises ``NotYet``."""
    template = pod.parsed
    real = lay_out_volumes(pod, template, layout, folder, objects)
    variables = _minimal(layout) | (dict(services) if template.service_links else {})
    declared = _declared(pod, template, objects)
    moved = {str(inside): str(outside) for inside, outside in pod.ports.items()}
    secrets = _secrets(template, layout)
    for name, value in {**declared, **secrets}.items():
        if name in secrets:  # taken as it is: a password may look like a path or a reference
            variables[name] = value
            continue
        text = moved.get(value, value) if name == "PORT" or _carries_port(value, template) else value
        variables[name] = _text(text, real, variables)
    launch = {
        "argv": [_text(word, real, variables) for word in template.command],
        "environment": variables,
        "folder": rewrite_paths(template.working_dir, real) if template.working_dir else str(layout.root),
    }
    path = folder / "launch.json"
    write_json(path, launch, durable=False)
    return path


def lay_out_volumes(pod: Pod, template: PodTemplate, layout: Layout, folder: Path, objects: Objects) -> dict[str, str]:
    """Make every volume of a pod; returns mount path → real path. Files of a ConfigMap follow it when it changes."""
    places: dict[str, Path] = {}
    for name, volume in template.volumes.items():
        if "persistentVolumeClaim" in volume:
            claim = volume["persistentVolumeClaim"]["claimName"]
            if not _find(objects, "PersistentVolumeClaim", claim, pod.owner.namespace):
                raise NotYet(f"waits for PersistentVolumeClaim/{claim}")
            places[name] = layout.claim(claim)
            places[name].mkdir(parents=True, exist_ok=True)
            continue
        places[name] = folder / "volumes" / name
        places[name].mkdir(parents=True, exist_ok=True)
        if "configMap" in volume:
            _write_config(volume["configMap"], places[name], objects, pod.owner.namespace)
    return {one.path: str(places[one.volume] / one.sub_path).rstrip("/") for one in template.mounts}


def _write_config(source: Mapping[str, Any], place: Path, objects: Objects, namespace: str) -> None:
    found = _find(objects, "ConfigMap", source["name"], namespace)
    if not found:
        raise NotYet(f"waits for ConfigMap/{source['name']}")
    data = found.resource.body.get("data") or {}
    items = source.get("items") or [{"key": key, "path": key} for key in data]
    wanted = {item["path"]: str(data[item["key"]]).encode() for item in items if item["key"] in data}
    for path in place.rglob("*"):
        if path.is_file() and str(path.relative_to(place)) not in wanted:
            path.unlink(missing_ok=True)
    for path, content in wanted.items():
        file = place / path
        if not file.is_file() or file.read_bytes() != content:
            write_bytes(file, content, durable=False)


def _declared(pod: Pod, template: PodTemplate, objects: Objects) -> dict[str, str]:
    """The container's own variables, in order: whole ConfigMaps first, then each entry."""
    declared: dict[str, str] = {}
    namespace = pod.owner.namespace
    for name in template.environment_from:
        declared.update(_config_data(objects, name, namespace))
    for entry in template.environment:
        source = entry.get("valueFrom") or {}
        if "configMapKeyRef" in source:
            data = _config_data(objects, source["configMapKeyRef"]["name"], namespace)
            declared[entry["name"]] = str(data.get(source["configMapKeyRef"]["key"], ""))
        elif "fieldRef" in source:
            declared[entry["name"]] = _field(pod, source["fieldRef"]["fieldPath"])
        elif "secretKeyRef" not in source:
            declared[entry["name"]] = str(entry.get("value", ""))
    return declared


def _secrets(template: PodTemplate, layout: Layout) -> dict[str, str]:
    """Variables that come from Secrets: on this machine each key is a file, which is in no commit."""
    found: dict[str, str] = {}
    for entry in template.environment:
        reference = (entry.get("valueFrom") or {}).get("secretKeyRef")
        if not reference:
            continue
        path = layout.secret(reference["name"], reference["key"])
        try:
            found[entry["name"]] = path.read_text(encoding="utf-8").removesuffix("\n")
        except OSError as error:
            place = path.relative_to(layout.root)
            raise NotYet(
                f"waits for Secret/{reference['name']}: write its key {reference['key']} to {place}"
            ) from error
    return found


def _config_data(objects: Objects, name: str, namespace: str) -> Mapping[str, str]:
    found = _find(objects, "ConfigMap", name, namespace)
    if not found:
        raise NotYet(f"waits for ConfigMap/{name}")
    return found.resource.body.get("data") or {}


def _field(pod: Pod, path: str) -> str:
    fields = {
        "metadata.name": pod.name,
        "metadata.namespace": pod.owner.namespace or "default",
        "status.podIP": LOOPBACK,
        "status.hostIP": LOOPBACK,
        "spec.nodeName": "localhost",
    }
    if path not in fields:
        raise NotYet(f"needs the field {path}, which a process does not have")
    return fields[path]


def _carries_port(value: str, template: PodTemplate) -> bool:
    return value.isdigit() and int(value) in template.ports.values()


def _text(text: str, real: Mapping[str, str], variables: Mapping[str, str]) -> str:
    return expand(loopback_only(rewrite_paths(text, real)), variables)


def _minimal(layout: Layout) -> dict[str, str]:
    """A small clean environment; this interpreter's own programs come first."""
    inherited = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "TZ") if name in os.environ}
    path = os.environ.get("PATH", os.defpath)
    return {
        "LANG": "C.UTF-8",
        **inherited,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{path}",
        "MLOPS_GITOPS_ROOT": str(layout.root),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _find(objects: Objects, kind: str, name: str, namespace: str) -> StoredObject | None:
    return objects.get(ResourceKey("", kind, namespace, name))
