"""Whether a cluster serves a manifest's API version: what Kubernetes has removed since, or will."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.manifests.removed_apis import REMOVALS, Removal
from mlops_gitops.compiler.source import Source
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.platform import Cluster, PlatformSpec


def served(source: Source, api: str, kind: str, platform: PlatformSpec) -> Iterator[Diagnostic]:
    """MG257: an API version that a cluster of the platform's environments serves no longer, or not for long."""
    removal = REMOVALS.get((api, kind))
    if removal is None:
        return
    clusters = {one.cluster: platform.clusters[one.cluster] for one in platform.environments.values()}
    asked = {name: one for name, one in clusters.items() if one.kind == "kubernetes"}
    span = source.spans.value(("apiVersion",))
    gone = {name: one for name, one in asked.items() if one.minor_version >= removal.removed}
    late = {name: one for name, one in asked.items() if removal.deprecated <= one.minor_version < removal.removed}
    what, todo = f"`{api}` of {kind}", _instead(removal, kind)
    if gone:
        message = f"{what} was removed in Kubernetes 1.{removal.removed}, and {_versions(gone)}"
        yield Diagnostic("MG257", message, span, help=todo)
    elif late:
        message = f"{what} is deprecated and removed in Kubernetes 1.{removal.removed}; {_versions(late)}"
        yield Diagnostic("MG257", message, span, Severity.WARNING, help=todo)


def _versions(clusters: dict[str, Cluster]) -> str:
    return ", ".join(f"cluster `{name}` is {one.kubernetes_version}" for name, one in clusters.items())


def _instead(removal: Removal, kind: str) -> str:
    if not removal.replacement:
        return f"nothing stands in its place: do without {kind}"
    return f"write apiVersion: {removal.replacement}, and look at its fields: some may have other names"
