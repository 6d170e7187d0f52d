"""The API server as a judge: what it refuses and what it warns of, object by object, pod template by pod template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.controlplane.server import ApiServer
from tests.judges.documents import Document
from tests.judges.schemas import crd, is_custom

LEVELS = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}


def namespace(name: str) -> dict[str, Any]:
    """A namespace that takes restricted pods only, and says so of workloads too."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": LEVELS}}


def make_namespaces(server: ApiServer, objects: Iterable[Document]) -> None:
    """The namespaces that objects lie in."""
    for name in {found.body["metadata"].get("namespace") for found in objects} - {None}:
        assert not server.apply(namespace(name)).refusal


def make_what_pods_name(server: ApiServer, objects: Iterable[Document]) -> None:
    """The priority classes, without which no pod that names one is admitted."""
    for found in objects:
        if found.body["kind"] == "PriorityClass":
            assert not server.apply(found.body).refusal


def define_kinds(server: ApiServer, objects: Iterable[Document]) -> None:
    """The operators' definitions of the custom kinds among the objects."""
    kinds = {(found.body["apiVersion"].rpartition("/")[0], found.body["kind"]) for found in objects}
    server.define([found for group, kind in sorted(kinds) if is_custom(group) and (found := crd(group, kind))])


def complaints(server: ApiServer, found: Document) -> Iterator[str]:
    """All that the server has to say against an object and the pods it would make, by dry run."""
    answer = server.apply(found.body, dry_run=True)
    yield from (f"{found}: {problem}" for problem in (answer.refusal, *answer.warnings) if problem)
    place = found.body["metadata"].get("namespace")
    for template in _templates(found.body):
        pod = {"apiVersion": "v1", "kind": "Pod", **template}
        pod["metadata"] = {**pod.get("metadata", {}), "name": "try"}
        answer = server.create(f"/api/v1/namespaces/{place}/pods", pod, dry_run=True)
        yield from (f"{found}, its pod: {problem}" for problem in (answer.refusal, *answer.warnings) if problem)


def _templates(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    spec = body.get("spec", {})
    if body["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if isinstance(spec.get("template"), dict) and "spec" in spec["template"]:
        yield spec["template"]
