"""What is one for all projects: an environment's namespace, claims, limits, network, priorities; and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.platform import alertmanager, namespaces, priorities, quotas, storage
from mlops_gitops.compiler.targets.platform.owner import OWNER
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

__all__ = ["OWNER", "render"]


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """One folder an environment, and the way of all alerts."""
    if routes := alertmanager.alertmanager(platform):
        yield Artifact("rendered/_platform/alertmanager.yaml", routes, "_platform")
    for name in platform.environments:
        for file, content in _files(platform, name, projects):
            if content:
                yield Artifact(f"rendered/_platform/{name}/{file}.yaml", content, "_platform", name)


def _files(platform: PlatformSpec, name: str, projects: Sequence[Summary]) -> Iterator[tuple[str, Plain]]:
    settings = platform.environments[name]
    yield "namespace", namespaces.namespace(settings, name)
    yield "storage", list[Plain](storage.claims(settings, name))
    if platform.clusters[settings.cluster].kind == "local":
        return  # what follows keeps others out or within bounds: processes on one machine know neither
    yield "network-policies", list[Plain](namespaces.network_policies(settings, name))
    yield "limits", quotas.limits(settings, name)
    yield "quota", quotas.quota(platform, name, projects)
    yield "priority-classes", list[Plain](priorities.priority_classes(platform, name))
