"""The head of a rendered object: apiVersion, kind, metadata with the recommended labels."""

from __future__ import annotations

from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.canonical import digest_of, short
from mlops_gitops.records.labels import NAME, PROJECT, labels
from mlops_gitops.records.project import Environment, Project


def head(
    api_version: str,
    kind: str,
    name: str,
    owner: tuple[Project, Environment, str],
    annotations: dict[str, Plain] | None = None,
    more_labels: dict[str, Plain] | None = None,
) -> dict[str, Plain]:
    """apiVersion, kind and metadata; ``owner`` is project, environment and component."""
    project, environment, component = owner
    metadata: dict[str, Plain] = {
        "name": name,
        "namespace": environment.settings.namespace,
        "labels": {**labels(project.name, environment.name, component), **(more_labels or {})},
    }
    if annotations:
        metadata["annotations"] = annotations
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def content_name(name: str, document: Plain) -> str:
    """A name with the content in it, for objects that are replaced rather than changed.

    A pod keeps the ConfigMap that it started with, and a Job is never changed; new content is a new object.
    """
    return f"{name}-{short(digest_of(document), 8)}"


def selector(project: Project, component: str) -> dict[str, Plain]:
    """The labels that a workload's pods are found by; never changed afterwards, so only names."""
    return {NAME: f"{project.name}-{component}", PROJECT: project.name}
