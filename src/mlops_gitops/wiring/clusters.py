"""The Kubernetes clusters that a change would reach, as something that can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops import wiring
from mlops_gitops.diagnostics import FindingsError

if TYPE_CHECKING:
    from mlops_gitops.ports.dry_run import DryRun
    from mlops_gitops.ports.source_tree import SourceTree

KUBERNETES = "kubernetes"


def dry_runs(root: Path, head: SourceTree) -> dict[str, DryRun]:
    """By environment, those on a Kubernetes cluster; raises ``FindingsError`` on a broken platform file."""
    from mlops_gitops.compiler.driver import compile_platform

    platform, findings, texts = compile_platform(head)
    if platform is None:
        raise FindingsError(findings, texts, 0)
    found: dict[str, DryRun] = {}
    for name, settings in platform.environments.items():
        cluster = platform.clusters[settings.cluster]
        if cluster.kind == KUBERNETES:
            from mlops_gitops.adapters.kubernetes.dry_run import KubernetesDryRun

            cache = wiring.state_folder(root) / "clusters" / f"{settings.cluster}.discovery"
            found[name] = KubernetesDryRun(cluster.context, cache)
    return found
