"""An environment put together: what the commit wants of it, the target that holds it, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops import wiring
from mlops_gitops.diagnostics import UsageError

if TYPE_CHECKING:
    from mlops_gitops.adapters.local.target import LocalTarget
    from mlops_gitops.ports.repository import Repository
    from mlops_gitops.ports.state_store import StateStore
    from mlops_gitops.records.resource import Resource
    from mlops_gitops.spec.platform import PlatformSpec

RENDERED = "rendered"
LOCAL = "local"


@dataclass(frozen=True)
class EnvironmentSetting:
    """One environment of a repository, at HEAD: ``desired`` are the committed objects, never the work tree's."""

    name: str
    commit: str
    desired: tuple[Resource, ...]
    target: LocalTarget
    state: StateStore


def setting(root: Path, name: str, kind: str | None = None, repository: Repository | None = None) -> EnvironmentSetting:
    """Build it; raises ``UsageError`` on an environment that is not set up or a target that is not supported."""
    from mlops_gitops.adapters.local.target import LocalTarget
    from mlops_gitops.adapters.state_files import StateFiles

    repository = repository or wiring.repository(root)
    settings = wiring.platform(repository)
    _check_known(name, settings)
    wanted = kind or settings.clusters[settings.environments[name].cluster].kind
    if wanted != LOCAL:
        raise UsageError(
            f"target `{wanted}` of environment {name} is not supported yet",
            todo="reconcile --target local runs its objects on this machine",
        )
    commit = repository.head()
    return EnvironmentSetting(
        name, commit, desired(repository, name, commit), LocalTarget(root, name), StateFiles(wiring.state_folder(root))
    )


def desired(repository: Repository, environment: str, commit: str) -> tuple[Resource, ...]:
    """The objects that a commit's rendered tree has for an environment, of all projects and the platform."""
    from mlops_gitops.reconciler.resources import parse_resources

    tree = repository.tree(commit)
    mine = [path for path in tree.files(RENDERED) if path.split("/")[2:3] == [environment]]
    return parse_resources({path: tree.read(path) or b"" for path in mine}, environment)


def environment_names(repository: Repository, *, supported: bool) -> tuple[str, ...]:
    """The environments at HEAD whose target is supported here, or those whose is not, in promotion order."""
    settings = wiring.platform(repository)
    kinds = {name: settings.clusters[one.cluster].kind for name, one in settings.environments.items()}
    return tuple(name for name, kind in kinds.items() if (kind == LOCAL) is supported)


def check_environment(repository: Repository, name: str) -> None:
    """Raise ``UsageError`` on an environment that is not set up at HEAD."""
    _check_known(name, wiring.platform(repository))


def check_project(setting: EnvironmentSetting, name: str | None) -> None:
    """Raise ``UsageError`` on a project that has nothing in an environment, neither wanted nor left over."""
    from mlops_gitops.compiler.suggest import unknown
    from mlops_gitops.usecases.reconcile import read_inventory

    owned = read_inventory(setting.state, setting.name).owned.values()
    known = sorted({one.project for one in setting.desired} | set(owned))
    if name is not None and name not in known:
        raise UsageError(unknown("project", name, known), todo=f"in {setting.name}: {', '.join(known) or 'none'}")


def _check_known(name: str, settings: PlatformSpec) -> None:
    from mlops_gitops.compiler.suggest import unknown

    if name not in settings.environments:
        todo = f"environments at HEAD: {', '.join(settings.environments)}"
        raise UsageError(unknown("environment", name, settings.environments), todo=todo)


def stop(root: Path, name: str) -> bool:
    """Stop every local process of an environment, whatever HEAD says of it; ``False`` where none was ever started."""
    from mlops_gitops.adapters.local.target import LocalTarget

    if not name or "/" in name or not (_local(root) / name).is_dir():
        check_environment(wiring.repository(root), name)
        return False
    LocalTarget(root, name).stop_all()
    return True


def stop_local(root: Path) -> tuple[str, ...]:
    """Stop every process of every local environment of a repository; the names of those environments."""
    from mlops_gitops.adapters.local.target import LocalTarget

    folder = _local(root)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        LocalTarget(root, name).stop_all()
    return tuple(names)


def _local(root: Path) -> Path:
    """A folder for each environment that ran here."""
    return wiring.state_folder(root) / "local"
