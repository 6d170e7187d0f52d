"""What the files are called that a team writes, and which projects there are."""

from __future__ import annotations

from mlops_gitops.ports.source_tree import SourceTree

PROJECTS = "projects"
PLATFORM = f"{PROJECTS}/platform.yaml"
GITHUB = ".github"
CONFIG = "mlops_config.yaml"
CONTRACT = "data_contract.yaml"
MANIFESTS = "manifests"
"""The folder of a project's own Kubernetes manifests."""


def project_names(tree: SourceTree) -> tuple[str, ...]:
    """Folders below ``projects/`` that hold any file, sorted."""
    folders = {path.split("/")[1] for path in tree.files(PROJECTS) if path.rstrip("/").count("/") >= 2}
    return tuple(sorted(name for name in folders if not name.startswith((".", "_"))))
