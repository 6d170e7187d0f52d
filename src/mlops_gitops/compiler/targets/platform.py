"""What is one for all projects of an environment: the namespace, and the claims that every project's pods share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.pods import MODEL_STORE_CLAIM, WORKSPACE_CLAIM
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.labels import labels
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

OWNER = "platform"


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """One folder an environment."""
    del projects
    for name, settings in platform.environments.items():
        namespace: dict[str, Plain] = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": settings.namespace,
                "labels": {
                    **labels(OWNER, name, "namespace"),
                    "pod-security.kubernetes.io/enforce": "restricted",
                },
            },
        }
        claims: list[Plain] = [
            _claim(MODEL_STORE_CLAIM, settings.namespace, name, "100Gi"),
            _claim(WORKSPACE_CLAIM, settings.namespace, name, "100Gi"),
        ]
        folder = f"rendered/_platform/{name}"
        yield Artifact(f"{folder}/namespace.yaml", namespace, "_platform", name)
        yield Artifact(f"{folder}/storage.yaml", claims, "_platform", name)


def _claim(name: str, namespace: str, environment: str, size: str) -> dict[str, Plain]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels(OWNER, environment, "storage"))},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": size}}},
    }
