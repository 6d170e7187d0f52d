"""The targets: each one pure function from a project (and an environment) to artifacts.  The lists hold them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlops_gitops.compiler.targets import gitlab, monitoring, platform, serving, training, triggers
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.platform import PlatformSpec

EnvironmentTarget = Callable[[Project, Environment], Iterator[Artifact]]
ProjectTarget = Callable[[Project], Iterator[Artifact]]
RepositoryTarget = Callable[[PlatformSpec, Iterable[Project]], Iterator[Artifact]]

ENVIRONMENT_TARGETS: tuple[EnvironmentTarget, ...] = (training.render, serving.render, monitoring.render)
PROJECT_TARGETS: tuple[ProjectTarget, ...] = (gitlab.render,)
REPOSITORY_TARGETS: tuple[RepositoryTarget, ...] = (triggers.render, platform.render)
