"""An environment put together: what the commit wants of it, the target that holds it, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops import wiring
from mlops_gitops.diagnostics import FindingsError, UsageError

if TYPE_CHECKING:
    from mlops_gitops.adapters.local.target import LocalTarget
    from mlops_gitops.ports.repository import Repository
    from mlops_gitops.ports.state_store import StateStore
    from mlops_gitops.records.resource import Resource
    from mlops_gitops.spec.platform import PlatformSpec

RENDERED = "rendered"


@dataclass(frozen=True)
class EnvironmentSetting:
    """One environment of a repository, at HEAD: ``desired`` are the committed objects, never the work tree's."""

    name: str
    commit: str
    desired: tuple[Resource, ...]
    target: LocalTarget
    state: StateStore


def platform(repository: Repository) -> PlatformSpec:
    """The platform's settings at HEAD; raises ``FindingsError``."""
    from mlops_gitops.compiler.driver import compile_platform

    spec, findings, texts = compile_platform(repository.tree("HEAD"))
    if spec is None:
        raise FindingsError(findings, texts, 0)
    return spec


def setting(root: Path, name: str, kind: str | None = None, repository: Repository | None = None) -> EnvironmentSetting:
    """Build it; raises ``UsageError`` on an environment that is not set up or a target that is not supported."""
    from mlops_gitops.adapters.local.target import LocalTarget
    from mlops_gitops.adapters.state_files import StateFiles

    repository = repository or wiring.repository(root)
    settings = platform(repository)
    if name not in settings.environments:
        known = ", ".join(settings.environments)
        raise UsageError(f"no environment `{name}` is set up at HEAD", todo=f"environments: {known}")
    wanted = kind or settings.clusters[settings.environments[name].cluster].kind
    if wanted != "local":
        raise UsageError(
            f"target `{wanted}` of environment {name} is not supported yet",
            todo="name --target local to run its objects on this machine",
        )
    commit = repository.head()
    return EnvironmentSetting(
        name, commit, desired(repository, name), LocalTarget(root, name), StateFiles(wiring.state_folder(root))
    )


def desired(repository: Repository, environment: str) -> tuple[Resource, ...]:
    """The objects that HEAD's rendered tree has for an environment, of all projects and the platform."""
    from mlops_gitops.reconciler.resources import parse_resources

    tree = repository.tree("HEAD")
    mine = [path for path in tree.files(RENDERED) if path.split("/")[2:3] == [environment]]
    return parse_resources({path: tree.read(path) or b"" for path in mine}, environment)


def environment_names(repository: Repository) -> tuple[str, ...]:
    """All environments at HEAD whose target is supported here, in promotion order."""
    settings = platform(repository)
    local = (name for name, one in settings.environments.items() if settings.clusters[one.cluster].kind == "local")
    return tuple(local)


def stop_local(root: Path) -> tuple[str, ...]:
    """Stop every process of every local environment of a repository; the names of those environments."""
    from mlops_gitops.adapters.local.target import LocalTarget

    folder = wiring.state_folder(root) / "local"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        LocalTarget(root, name).stop_all()
    return tuple(names)
