"""The root of what a team writes: ``mlops_config.yaml`` as one frozen model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlops_gitops.spec.section import Section
from mlops_gitops.spec.sections import (
    Alerting,
    Data,
    Monitoring,
    Pipeline,
    ProjectInfo,
    Remediation,
    Serving,
    Testing,
    Training,
)
from mlops_gitops.spec.stack import Stack


class ProjectSpec(Section):
    """One machine-learning project: pipeline, tests, serving, monitoring, alerting. Four sections are required."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    """Version of this language; optional while there is one."""
    project: ProjectInfo = ProjectInfo()
    """Who owns the project."""
    stack: Stack = Field(default_factory=Stack)
    """Which tool does what."""
    data: Data = Data()
    """Where the data comes from."""
    pipeline: Pipeline
    """Which stages run, and when."""
    training: Training = Training()
    """How the model is fitted."""
    testing: Testing
    """What a version must pass."""
    serving: Serving = Serving()
    """How the model answers."""
    monitoring: Monitoring
    """What is watched."""
    alerting: Alerting
    """Who is told."""
    remediation: Remediation = Remediation()
    """What follows a verdict."""
