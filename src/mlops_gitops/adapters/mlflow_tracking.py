"""Runs and model versions in MLflow, on a SQLite file below the state folder.

Importing MLflow takes seconds, so that happens on a thread of its own while the first stages run in their processes;
all calls are carried out there in order, and only ``register`` and ``end`` wait for it.  Model *stages* of MLflow are
deprecated: the status is a tag.
"""

from __future__ import annotations

import fcntl
import logging
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mlops_gitops.adapters.import_lock import IMPORTING
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.tracking import Candidate, RegisteredVersion
from mlops_gitops.records.stage_result import StageResult

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

T = TypeVar("T")
_STATUS = {"SUCCESS": "FINISHED", "FAILED": "FAILED", "ERROR": "FAILED"}
_NUMBER = "number"
_MAX_TEXT = 5000  # characters of a tag's value


class MlflowTracking:
    """Implements ``ports.tracking.Tracking``; the database and the artifacts lie below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mlflow")
        self._sent: list[Future[Any]] = []
        self._opened: Future[MlflowClient] | None = None
        self._run_id = ""

    def begin(
        self, project: str, run: str, tags: Mapping[str, str], params: Mapping[str, str], killed: Sequence[str] = ()
    ) -> None:
        """Open the record of a run."""

        def work(client: MlflowClient) -> None:
            experiment = self._experiment(client, project)
            for one in killed:
                self._close_killed(client, experiment, one)
            created = client.create_run(experiment, run_name=run, tags={**tags, "pipeline_id": run})
            self._run_id = created.info.run_id
            for name, value in params.items():
                client.log_param(self._run_id, name, value)

        self._send(work)

    def stage(self, result: StageResult, duration_s: float, cached: bool, artifacts: Mapping[str, Path]) -> None:
        """Record a stage: numbers as ``<stage>.<metric>``, its status as a tag, its files in a folder of its name."""

        def work(client: MlflowClient) -> None:
            name = result.stage
            for metric, value in {**result.metrics, "duration_s": duration_s}.items():
                client.log_metric(self._run_id, f"{name}.{metric}", value)
            client.set_tag(self._run_id, f"{name}.status", result.status.value)
            client.set_tag(self._run_id, f"{name}.cached", str(cached).lower())
            if result.reason:
                client.set_tag(self._run_id, f"{name}.reason", result.reason[:_MAX_TEXT])
            for path in artifacts.values():
                client.log_artifact(self._run_id, str(path), name)

        self._send(work)

    def register(self, candidate: Candidate) -> RegisteredVersion:
        """A new version, or the existing one of the same content."""
        return self._wait(self._send(lambda client: self._register(client, candidate)))

    def end(self, status: str, reason: str) -> None:
        """Close the record; trouble that any call met is raised here."""

        def work(client: MlflowClient) -> None:
            client.set_tag(self._run_id, "pipeline_status", status)
            if reason:
                client.set_tag(self._run_id, "failure_reason", reason[:_MAX_TEXT])
            client.set_terminated(self._run_id, _STATUS[status])

        self._send(work)
        for sent in self._sent:
            self._wait(sent)
        self._thread.shutdown()

    def _send(self, work: Callable[[MlflowClient], T]) -> Future[T]:
        if self._opened is None:
            self._opened = self._thread.submit(_open, self._folder)
        opened = self._opened
        future = self._thread.submit(lambda: work(opened.result()))
        self._sent.append(future)
        return future

    def _wait(self, future: Future[T]) -> T:
        # MLflow is imported by its thread alone: two threads that import it at once break each other's import.
        wait([future])
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            return future.result()
        except (MlflowException, SQLAlchemyError, OSError) as error:
            raise OutsideError("MLflow cannot keep the record", where=str(self._folder), why=str(error)) from error

    def _experiment(self, client: MlflowClient, project: str) -> str:
        with _locked(self._folder):
            found = client.get_experiment_by_name(project)
            if found is not None:
                return str(found.experiment_id)
            place = (self._folder / "artifacts" / project).resolve().as_uri()
            return str(client.create_experiment(project, artifact_location=place))

    def _close_killed(self, client: MlflowClient, experiment: str, run: str) -> None:
        for found in client.search_runs([experiment], f"tags.pipeline_id = '{run}' and attributes.status = 'RUNNING'"):
            client.set_tag(found.info.run_id, "pipeline_status", "ERROR")
            client.set_tag(found.info.run_id, "failure_reason", "interrupted")
            client.set_terminated(found.info.run_id, "KILLED")

    def _register(self, client: MlflowClient, candidate: Candidate) -> RegisteredVersion:
        name = candidate.project
        with _locked(self._folder):  # two runs with the same content make one version
            if not client.search_registered_models(f"name = '{name}'"):
                client.create_registered_model(name)
            for found in client.search_model_versions(f"name = '{name}' and tags.digest = '{candidate.digest}'"):
                return RegisteredVersion(_number(found), dict(found.tags), existing=True)
            number = self._next_number(client, candidate)
            # MLflow itself accepts a run that does not exist.
            run_id = client.get_run(self._run_id).info.run_id if self._run_id else None
            named = {"digest": candidate.digest, "run": candidate.run, _NUMBER: str(number)}
            tags = {**candidate.tags, "status": "experimental", **named}
            client.create_model_version(name, source=candidate.folder.as_uri(), run_id=run_id, tags=tags)
            return RegisteredVersion(number, tags, existing=False)

    def _next_number(self, client: MlflowClient, candidate: Candidate) -> int:
        """The number that git has for this content, else one above all that git and this registry know."""
        if candidate.digest in candidate.released:
            return candidate.released[candidate.digest]
        here = client.search_model_versions(f"name = '{candidate.project}'")
        return max([0, *candidate.released.values(), *(_number(one) for one in here)]) + 1


def _number(found: ModelVersion) -> int:
    """A version's number is git's and a tag here; MLflow counts for itself, on each machine anew."""
    return int(found.tags.get(_NUMBER, found.version))


def _open(folder: Path) -> MlflowClient:
    """Import MLflow, quiet and without telemetry, and bring its database up to date."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ASYNC_LOGGING", "false")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"mlflow(\..*)?")
    with IMPORTING:
        from mlflow.tracking import MlflowClient

    # MLflow sets its own logger's level when it is imported.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    uri = f"sqlite:///{(folder / 'mlflow.db').resolve()}"
    with _locked(folder):  # the first call makes the tables
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        client.search_experiments(max_results=1)
    return client


class _locked:
    """Hold the folder's lock between processes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"

    def __enter__(self) -> None:
        self._file = self._path.open("ab")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
