"""A project's own manifests, for every environment on a Kubernetes cluster, with its namespace and our labels."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.labels import MANIFESTS, labels
from mlops_gitops.records.project import Environment, Project


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """One file each, under its own name."""
    if environment.local:
        return
    for file, document in project.manifests.items():
        path = f"rendered/{project.name}/{environment.name}/{MANIFESTS}/{file}"
        yield Artifact(path, _placed(document, project, environment), project.name, environment.name)


def _placed(document: dict[str, Plain], project: Project, environment: Environment) -> dict[str, Plain]:
    """Name, namespace and labels first, as everywhere; a written label of the same name stays."""
    metadata = document["metadata"]
    assert isinstance(metadata, dict)
    written = metadata.get("labels") or {}
    assert isinstance(written, dict)
    head: dict[str, Plain] = {
        "name": metadata["name"],
        "namespace": environment.settings.namespace,
        "labels": {**labels(project.name, environment.name, MANIFESTS), **written},
    }
    return {
        "apiVersion": document["apiVersion"],
        "kind": document["kind"],
        "metadata": {**head, **{key: value for key, value in metadata.items() if key not in head}},
        **{key: value for key, value in document.items() if key not in ("apiVersion", "kind", "metadata")},
    }
