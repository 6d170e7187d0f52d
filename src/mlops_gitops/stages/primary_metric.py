"""The one metric that a version is judged by against another, or against guessing."""

from __future__ import annotations

from mlops_gitops.modeltests.confusion import Bools
from mlops_gitops.records.project import Project
from mlops_gitops.spec.metrics import find_metric

RARE = 0.20
"""Where the rarer class is under this share the primary metric is F1, else accuracy: unless the project names one."""


def primary_metric(project: Project, labels: Bools) -> str:
    """Its name in the metric table."""
    written = project.spec.testing.primary_metric
    if written is not None and (metric := find_metric(written)):
        return metric.name
    share = float(labels.mean())
    return "f1_score" if min(share, 1 - share) < RARE else "accuracy"
