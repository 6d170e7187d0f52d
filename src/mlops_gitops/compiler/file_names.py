"""What the files are called that a team writes, and which projects there are."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.ports.source_tree import SourceTree

PROJECTS = "projects"
PLATFORM = f"{PROJECTS}/platform.yaml"
GITHUB = ".github"
CONFIG = "mlops_config.yaml"
CONTRACT = "data_contract.yaml"
REQUIREMENTS = "requirements.txt"
MANIFESTS = "manifests"
"""The folder of a project's own Kubernetes manifests."""


def project_names(tree: SourceTree) -> tuple[str, ...]:
    """Folders below ``projects/`` that hold any file, sorted."""
    return names_among(tree.outline(PROJECTS))


def names_among(paths: Iterable[str]) -> tuple[str, ...]:
    """The same of the outline of ``projects/``."""
    folders = {path.split("/")[1] for path in paths if path.rstrip("/").count("/") >= 2}
    return tuple(sorted(name for name in folders if not name.startswith((".", "_"))))
