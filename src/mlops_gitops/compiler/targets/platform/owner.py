"""The head of an object that belongs to no project."""

from __future__ import annotations

from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import labels

# Labels say it in a project's place; no project may have the name.
OWNER = "platform"


def head(
    api_version: str,
    kind: str,
    name: str,
    place: tuple[str | None, str, str],
    annotations: dict[str, Plain] | None = None,
) -> dict[str, Plain]:
    """apiVersion, kind and metadata; ``place`` is namespace (nothing for the whole cluster), environment, component."""
    namespace, environment, component = place
    metadata: dict[str, Plain] = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    metadata["labels"] = dict(labels(OWNER, environment, component))
    if annotations:
        metadata["annotations"] = annotations
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}
