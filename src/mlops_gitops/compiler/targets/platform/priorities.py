"""Priority classes: one object for a whole cluster, so rendered with the first environment that stands on it."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.platform.owner import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec


def priority_classes(platform: PlatformSpec, environment: str) -> Iterator[dict[str, Plain]]:
    """The platform's classes; nothing where another environment of the cluster has them."""
    cluster = platform.environments[environment].cluster
    first = next(name for name, settings in platform.environments.items() if settings.cluster == cluster)
    if environment != first:
        return
    for name, wanted in platform.priority_classes.items():
        body = head("scheduling.k8s.io/v1", "PriorityClass", name, (None, environment, "priorities"))
        body |= {
            "value": wanted.value,
            "preemptionPolicy": "PreemptLowerPriority" if wanted.preempts else "Never",
        }
        if wanted.description:
            body["description"] = wanted.description
        yield body
