"""Detection put together: served endpoint, model store, the project's own loader, and where verdicts are kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_gitops import wiring
from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.wiring import environments

if TYPE_CHECKING:
    from mlops_gitops.ports.inference_log import InferenceHistory
    from mlops_gitops.records.project import Environment, Project
    from mlops_gitops.records.verdict import Verdict
    from mlops_gitops.usecases.monitor import Monitor, MonitorConfig

Say = Callable[[str], None]


@dataclass(frozen=True)
class Detection:
    """One project in one environment, at HEAD."""

    root: Path
    project: Project
    environment: Environment
    url: str | None

    def regression(self, batch: Path, say: Say) -> Verdict:
        """A labelled file through the served endpoint."""
        from mlops_gitops.adapters.http_endpoint import HttpEndpoint
        from mlops_gitops.usecases.detect import detect_regression

        if self.url is None:
            todo = f"mlops-gitops reconcile --environment {self.environment.name}"
            raise OutsideError(f"nothing serves {self.project.name} in {self.environment.name}", todo=todo)
        return detect_regression(
            self._load(batch),
            project=self.project,
            environment=self.environment,
            endpoint=HttpEndpoint(),
            base_url=self.url,
            models=wiring.models(self.root),
            say=say,
        )

    def drift(self, batch: Path, say: Say) -> Verdict:
        """An unlabelled file against the baseline."""
        from mlops_gitops.usecases.detect import detect_drift

        return detect_drift(
            self._load(batch),
            None,
            project=self.project,
            environment=self.environment,
            models=wiring.models(self.root),
            say=say,
        )

    def _load(self, batch: Path) -> Any:
        from mlops_gitops.stages.source_data import load_file

        if not batch.is_file():
            raise UsageError("there is no such batch", where=str(batch))
        folder = self.root / self.project.folder
        return load_file(folder, batch.resolve(), self.project.spec.data.entrypoint, self.project.contract)

    def keep(self, verdict: Verdict) -> None:
        """Leave the verdict where the continuous monitor exports it from."""
        from mlops_gitops.adapters.state_files import write_json

        write_json(
            verdict_file(inference_log(self.root, self.project, self.environment), verdict.project), verdict.to_plain()
        )


def detection(root: Path, project: str, environment: str) -> Detection:
    """Build it; raises ``UsageError`` on a project or environment that HEAD does not have."""
    repository = wiring.repository(root)
    found = wiring.committed(repository).project(project)
    if found is None:
        raise UsageError(f"no project `{project}` at HEAD")
    where = found.environment(environment)
    if where is None:
        known = ", ".join(one.name for one in found.environments)
        raise UsageError(f"no environment `{environment}`", todo=f"environments: {known}")
    target = environments.setting(root, environment, repository=repository).target
    return Detection(root, found, where, target.endpoint(f"{project}-serving"))


def inference_log(root: Path, project: Project, environment: Environment) -> Path:
    """The folder that stands for the project's inference-log claim on this machine."""
    from mlops_gitops.adapters.local.layout import Layout
    from mlops_gitops.compiler.targets.serving import log_claim

    return Layout(root, environment.name).claim(log_claim(project))


def verdict_file(folder: Path, project: str) -> Path:
    """Where the last labelled verdict lies, beside the inference log."""
    return folder / project / "verdict.json"


@dataclass(frozen=True)
class Monitoring:
    """The continuous monitor of one served version."""

    config: MonitorConfig
    monitor: Monitor
    history: InferenceHistory
    folder: Path

    def labelled_verdict(self) -> Verdict | None:
        """The last labelled verdict on the version that is monitored, if there is one."""
        from mlops_gitops.records.verdict import Verdict

        file = verdict_file(self.folder, self.config.project)
        try:
            verdict = Verdict.from_plain(json.loads(file.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise OutsideError("the last verdict cannot be read", where=str(file), why=str(error)) from error
        return verdict if verdict.model_digest == self.config.model_digest else None


def monitoring(arguments: argparse.Namespace) -> Monitoring:
    """From mounted files (in a pod), or from an environment of the repository (by hand)."""
    from mlops_gitops.adapters.inference_log import JsonLinesInferenceHistory
    from mlops_gitops.adapters.model_store import FolderModelStore
    from mlops_gitops.usecases.monitor import Monitor, MonitorConfig

    mounted = (arguments.config, arguments.model_store, arguments.inference_log)
    if all(mounted):
        content, where = arguments.config.read_bytes(), str(arguments.config)
        store, folder = arguments.model_store, arguments.inference_log
    elif arguments.environment and not any(mounted):
        root = wiring.find_root(arguments.root)
        found = detection(root, arguments.project, arguments.environment)
        where = f"rendered/{arguments.project}/{arguments.environment}"
        content = _rendered_config(root, arguments.project, arguments.environment)
        store = wiring.state_folder(root) / "models"
        folder = inference_log(root, found.project, found.environment)
    else:
        raise UsageError("name --environment, or all of --config, --model-store and --inference-log")
    config = MonitorConfig.parse(content, where)
    return Monitoring(config, Monitor(config, FolderModelStore(store)), JsonLinesInferenceHistory(folder), folder)


def _rendered_config(root: Path, project: str, environment: str) -> bytes:
    for resource in environments.desired(wiring.repository(root), environment):
        if resource.project == project and "detector.json" in resource.body.get("data", {}):
            return str(resource.body["data"]["detector.json"]).encode()
    raise UsageError(f"{project} is not monitored in {environment}", todo="add model_monitoring to pipeline.stages")
