"""The claims that every project's pods share."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.platform.owner import head
from mlops_gitops.compiler.targets.pods import MODEL_STORE_CLAIM, WORKSPACE_CLAIM
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import PRUNE
from mlops_gitops.spec.platform import EnvironmentSettings

_SIZE = "100Gi"


def claims(settings: EnvironmentSettings, environment: str) -> Iterator[dict[str, Plain]]:
    """The model store, and the workspace that stages run in."""
    for name in (MODEL_STORE_CLAIM, WORKSPACE_CLAIM):
        place = (settings.namespace, environment, "storage")
        body = head("v1", "PersistentVolumeClaim", name, place, {PRUNE: "never"})
        body["spec"] = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": _SIZE}}}
        yield body
