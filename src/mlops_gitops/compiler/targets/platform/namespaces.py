"""An environment's namespace: restricted pods only, and no connection that nobody allowed."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets import network
from mlops_gitops.compiler.targets.platform.owner import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import EnvironmentSettings

_LEVELS: dict[str, Plain] = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}


def namespace(settings: EnvironmentSettings, environment: str) -> dict[str, Plain]:
    """The namespace."""
    body = head("v1", "Namespace", settings.namespace, (None, environment, "namespace"))
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    assert isinstance(metadata["labels"], dict)
    metadata["labels"] |= _LEVELS
    return body


def network_policies(settings: EnvironmentSettings, environment: str) -> Iterator[dict[str, Plain]]:
    """Nothing in, nothing out but questions for names; each component's own policy opens what it needs."""
    body = head("networking.k8s.io/v1", "NetworkPolicy", "default-deny", (settings.namespace, environment, "network"))
    body["spec"] = network.policy({}, egress=[network.DNS])
    yield body
