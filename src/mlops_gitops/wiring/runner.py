"""The runner put together: cache, processes, MLflow, DVC, and the services of the stages that act."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops import wiring
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.wiring import environments

if TYPE_CHECKING:
    from mlops_gitops.pipeline.stage import Services
    from mlops_gitops.records.project import Project
    from mlops_gitops.usecases.deploy import RollOut
    from mlops_gitops.usecases.run import RunOrder
    from mlops_gitops.usecases.run_services import RunServices

# Not of the configuration or the code that is trained from: what runs make themselves.
_MADE = ("releases", "data/")


def run_services(root: Path) -> RunServices:
    """All that a run needs of the outside."""
    from mlops_gitops.adapters.dvc_data import DvcDataStore
    from mlops_gitops.adapters.mlflow_tracking import MlflowTracking
    from mlops_gitops.adapters.processes import LocalProcesses
    from mlops_gitops.adapters.run_store import FolderRunStore
    from mlops_gitops.adapters.stage_cache import FolderStageCache
    from mlops_gitops.adapters.system_clock import SystemClock
    from mlops_gitops.stages.fellow_worker import VARIABLE, fellow_worker
    from mlops_gitops.usecases.model_versions import released_numbers
    from mlops_gitops.usecases.run_services import RunServices

    state = wiring.state_folder(root)
    return RunServices(
        root=root,
        cache=FolderStageCache(state / "cache"),
        processes=LocalProcesses(),
        tracking=MlflowTracking(state / "mlflow"),
        runs=FolderRunStore(state / "runs"),
        clock=SystemClock(),
        data=DvcDataStore(root),
        models=wiring.models(root),
        worker=(sys.executable, "-m", "mlops_gitops.wiring.worker"),
        released=lambda project: released_numbers(wiring.repository(root), project),
        fellow=fellow_worker(os.environ.get(VARIABLE, "")),
    )


def project_in_work_tree(root: Path, name: str) -> Project:
    """A project as the work tree has it; raises ``FindingsError`` or ``UsageError``."""
    from mlops_gitops.usecases.validate import compile_checked

    found = compile_checked(wiring.work_tree(root), [name]).project(name)
    assert found is not None
    return found


def run_order(root: Path, project: Project, environment: str | None) -> RunOrder:
    """An order for the commit that is checked out, with what the project's folder has uncommitted."""
    from mlops_gitops.usecases.run import RunOrder

    repository = wiring.repository(root)
    folder = project.folder
    dirty = tuple(
        path
        for path in repository.is_dirty([folder, "projects/platform.yaml"])
        if not path.removeprefix(f"{folder}/").startswith(_MADE) or path.endswith(".dvc")
    )
    if environment is not None:
        wiring.environment_of(project, environment)
    return RunOrder(commit=repository.head(), dirty=dirty, environment=environment or "")


def check_can_act(root: Path, project: Project, order: RunOrder) -> None:
    """Raise ``UsageError`` before anything is trained where the order ends in an environment that is out of reach."""
    from mlops_gitops.usecases.run import wanted_steps

    name = order.environment or next((one.name for one in project.environments), "")
    if not any(step.stage.acts for step in wanted_steps(project, order)) or not name:
        return
    try:
        environments.setting(root, name)
    except UsageError as error:
        error.todo = "end before it with --to STAGE, or name an environment on this machine with --environment"
        raise


def stage_services(root: Path) -> Services:
    """What stages that act need, in the stage's own process."""
    from mlops_gitops.pipeline.stage import Services
    from mlops_gitops.usecases.deploy import ReleaseDeployer

    repository = wiring.repository(root)
    deployer = ReleaseDeployer(repository, wiring.bot(repository), lambda project, env: roll_out(root, project, env))
    return Services(deployer, TargetProbe(root))


def roll_out(root: Path, project: str, environment: str) -> RollOut:
    """Reconcile one project at HEAD and say how it went."""
    from mlops_gitops.usecases.deploy import RollOut
    from mlops_gitops.usecases.reconcile import ReconcileOptions, reconcile

    setting = environments.setting(root, environment)
    report = reconcile(
        setting.target,
        setting.desired,
        setting.commit,
        environment=environment,
        state=setting.state,
        locks=wiring.locks(root),
        say=lambda text: print(text, file=sys.stderr, flush=True),
        options=ReconcileOptions(project=project),
    )
    bad = [f"{one.key}: {one.why or (one.health.why if one.health else '')}" for one in report.changes if not one.good]
    return RollOut(report.healthy, setting.target.endpoint(f"{project}-serving") or "", "; ".join(bad))


@dataclass(frozen=True)
class TargetProbe:
    """Implements ``ports.service_probe.ServiceProbe`` over an environment's target."""

    root: Path

    def url(self, project: str, environment: str) -> str | None:
        """Base URL of the project's Service."""
        return environments.setting(self.root, environment).target.endpoint(f"{project}-serving")

    def monitor_running(self, project: str, environment: str) -> bool:
        """Whether the monitor's Deployment is current."""
        from mlops_gitops.records.health import HealthState

        setting = environments.setting(self.root, environment)
        keys = (one.key for one in setting.desired if one.key.name == f"{project}-monitor")
        wanted = [key for key in keys if key.kind == "Deployment"]
        return bool(wanted) and all(setting.target.health(key).state is HealthState.CURRENT for key in wanted)
