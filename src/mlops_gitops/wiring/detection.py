"""Detection put together: served endpoint, model store, the project's own loader, and where verdicts are kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops import wiring
from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.wiring import environments
from mlops_gitops.wiring.batches import load_batch

if TYPE_CHECKING:
    from mlops_gitops.ports.inference_log import InferenceHistory
    from mlops_gitops.records.project import Environment, Project
    from mlops_gitops.records.resource import Resource
    from mlops_gitops.records.verdict import Verdict
    from mlops_gitops.usecases.monitor import Monitor, MonitorConfig

Say = Callable[[str], None]


@dataclass(frozen=True)
class Detection:
    """One project in one environment, at HEAD."""

    root: Path
    project: Project
    environment: Environment

    def regression(self, batch: Path, say: Say) -> Verdict:
        """A labelled file through the served endpoint; the verdict is kept for the continuous monitor to export."""
        from mlops_gitops.adapters.http_endpoint import HttpEndpoint
        from mlops_gitops.adapters.state_files import write_json
        from mlops_gitops.usecases.detect import detect_regression

        target = environments.setting(self.root, self.environment.name).target
        url = target.endpoint(f"{self.project.name}-serving")
        if url is None:
            todo = f"mlops-gitops reconcile --environment {self.environment.name}"
            raise OutsideError(f"nothing serves {self.project.name} in {self.environment.name}", todo=todo)
        verdict = detect_regression(
            load_batch(self.root, self.project, batch, labelled=True),
            project=self.project,
            environment=self.environment,
            endpoint=HttpEndpoint(),
            base_url=url,
            models=wiring.models(self.root),
            say=say,
        )
        folder = inference_log(self.root, self.project, self.environment)
        write_json(verdict_file(folder, verdict.project), verdict.to_plain())
        return verdict

    def drift(self, batch: Path, say: Say) -> Verdict:
        """A file against the baseline: needs neither labels nor anything that serves."""
        from mlops_gitops.usecases.detect import detect_drift

        return detect_drift(
            load_batch(self.root, self.project, batch, labelled=False),
            None,
            project=self.project,
            environment=self.environment,
            models=wiring.models(self.root),
            say=say,
        )


def detection(root: Path, project: str, environment: str) -> Detection:
    """Build it; raises ``UsageError`` on a project or environment that HEAD does not have."""
    found = wiring.committed_project(wiring.repository(root), project)
    return Detection(root, found, wiring.environment_of(found, environment))


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
        setting = environments.setting(root, arguments.environment)
        content = _rendered_config(setting.desired, arguments.project, arguments.environment)
        store = wiring.state_folder(root) / "models"
        folder = inference_log(root, found.project, found.environment)
    else:
        raise UsageError("name --environment, or all of --config, --model-store and --inference-log")
    config = MonitorConfig.parse(content, where)
    return Monitoring(config, Monitor(config, FolderModelStore(store)), JsonLinesInferenceHistory(folder), folder)


def _rendered_config(desired: Iterable[Resource], project: str, environment: str) -> bytes:
    for resource in desired:
        if resource.project == project and "detector.json" in resource.body.get("data", {}):
            return str(resource.body["data"]["detector.json"]).encode()
    raise UsageError(
        f"{project} is not monitored in {environment}",
        todo="add model_monitoring to pipeline.stages, and serve with fastapi or kserve: others keep no answers",
    )
