"""Names of labels and annotations on rendered objects: the recommended set, project and environment."""

from __future__ import annotations

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "mlops-gitops"

MANIFESTS = "manifests"
"""The component of a project's own manifests."""

PROJECT = "mlops-gitops.io/project"
ENVIRONMENT = "mlops-gitops.io/environment"

# Annotations, on top-level metadata only: a changed digest must never replace a pod.
DATA_DIGEST = "mlops-gitops.io/data-digest"
CODE_DIGEST = "mlops-gitops.io/code-digest"
CONFIG_DIGEST = "mlops-gitops.io/config-digest"
MODEL_DIGEST = "mlops-gitops.io/model-digest"
MODEL_VERSION = "mlops-gitops.io/model-version"
IMAGE_PLACEHOLDER = "mlops-gitops.io/image-placeholder"
# `never`: holds what no commit can bring back, and stays when it leaves git.
PRUNE = "mlops-gitops.io/prune"


def labels(project: str, environment: str, component: str) -> dict[str, str]:
    """The labels of one object."""
    return {
        NAME: f"{project}-{component}",
        COMPONENT: component,
        PART_OF: project,
        MANAGED_BY: MANAGER,
        PROJECT: project,
        ENVIRONMENT: environment,
    }
