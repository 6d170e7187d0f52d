"""The targets: each one pure function to artifacts.  The lists hold them all.

An environment's and a project's target see the whole project; a repository's sees the platform's settings and the
summary of every project, in the order of their names, and nothing more (``records/summary.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlops_gitops.compiler.targets import image, manifests, monitoring, platform, serving, training
from mlops_gitops.compiler.targets.ci import (
    codeowners,
    github_checks,
    github_workflow,
    gitlab_pipeline,
    gitlab_triggers,
)
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

EnvironmentTarget = Callable[[Project, Environment], Iterator[Artifact]]
ProjectTarget = Callable[[Project], Iterator[Artifact]]
RepositoryTarget = Callable[[PlatformSpec, Sequence[Summary]], Iterator[Artifact]]

ENVIRONMENT_TARGETS: tuple[EnvironmentTarget, ...] = (
    training.render,
    serving.render,
    monitoring.render,
    manifests.render,
)
PROJECT_TARGETS: tuple[ProjectTarget, ...] = (gitlab_pipeline.render, github_workflow.render, image.render)
REPOSITORY_TARGETS: tuple[RepositoryTarget, ...] = (
    gitlab_triggers.render,
    github_checks.render,
    codeowners.render,
    platform.render,
)


def render(project: Project) -> tuple[Artifact, ...]:
    """All of a project's artifacts, target by target."""
    artifacts = [artifact for target in PROJECT_TARGETS for artifact in target(project)]
    for environment in project.environments:
        artifacts.extend(artifact for target in ENVIRONMENT_TARGETS for artifact in target(project, environment))
    return tuple(artifacts)
