"""What to do after a release commit: reconcile, with the target that this machine can reach."""

from __future__ import annotations

from mlops_gitops.ports.repository import Repository


def after_release(repository: Repository, environment: str) -> str:
    """One line, the same after every verb that makes a release commit."""
    from mlops_gitops import wiring

    platform = wiring.platform(repository)
    settings = platform.environments.get(environment)
    if settings and platform.clusters[settings.cluster].kind != "local":
        return (
            f"next: its cluster is not reconciled from here yet; to run it on this machine: "
            f"mlops-gitops reconcile --environment {environment} --target local"
        )
    return f"next: mlops-gitops reconcile --environment {environment}"
