"""MLflow really keeps runs and versions; read back with its own client."""

import subprocess
import sys

import pytest

from mlops_gitops.adapters.mlflow_tracking import MlflowTracking
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.tracking import Candidate
from mlops_gitops.records.stage_result import StageResult, StageStatus

QUIET = """
import sys
from pathlib import Path
from mlops_gitops.adapters.mlflow_tracking import MlflowTracking
tracking = MlflowTracking(Path(sys.argv[1]))
tracking.begin("loans", "loans/1", {}, {})
tracking.end("SUCCESS", "")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store whose first run was made by a process that was killed in the middle."""
    folder = tmp_path_factory.mktemp("mlflow")
    killed = QUIET.replace('tracking.end("SUCCESS", "")', "tracking._sent[0].result(); import os; os._exit(9)")
    subprocess.run([sys.executable, "-c", killed, str(folder)], check=False)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{folder / 'mlflow.db'}"
    return MlflowClient(uri, uri)


def candidate(folder, digest="sha256:1", run="loans/2"):
    return Candidate("loans", digest, folder, run, {"commit": "abc"})


def test_a_run_with_its_stages_and_its_version(folder, client, tmp_path):
    report = tmp_path / "report.json"
    report.write_text("{}")
    tracking = MlflowTracking(folder)
    tracking.begin("loans", "loans/2", {"project": "loans"}, {"pipeline_version": "v"}, killed=["loans/1"])
    passed = StageResult("model_training", StageStatus.PASSED, "", metrics={"f1": 0.5})
    tracking.stage(passed, 1.5, False, {"report": report})
    tracking.stage(StageResult("model_testing", StageStatus.FAILED, "", reason="recall too low"), 2.0, True, {})
    first = tracking.register(candidate(folder))
    again = tracking.register(candidate(folder, run="loans/3"))
    other = tracking.register(candidate(folder, "sha256:2"))
    tracking.end("FAILED", "model_testing: recall too low")

    assert (first.version, first.existing) == (1, False)
    assert (again.version, again.existing, again.tags["run"]) == (1, True, "loans/2")
    assert other.version == 2
    experiment = client.get_experiment_by_name("loans").experiment_id
    (run,) = client.search_runs([experiment], "tags.pipeline_id = 'loans/2'")
    assert run.info.status == "FAILED"
    assert run.data.params == {"pipeline_version": "v"}
    assert run.data.metrics["model_training.f1"] == 0.5
    assert run.data.metrics["model_testing.duration_s"] == 2.0
    wanted = {
        "project": "loans",
        "pipeline_status": "FAILED",
        "failure_reason": "model_testing: recall too low",
        "model_training.status": "passed",
        "model_testing.reason": "recall too low",
        "model_testing.cached": "true",
    }
    assert wanted.items() <= run.data.tags.items()
    assert [one.path for one in client.list_artifacts(run.info.run_id, "model_training")] == [
        "model_training/report.json"
    ]
    version = client.get_model_version("loans", "1")
    assert version.tags["status"] == "experimental"
    assert version.run_id == run.info.run_id
    (killed,) = client.search_runs([experiment], "tags.pipeline_id = 'loans/1'")
    assert killed.info.status == "KILLED"


def test_nothing_reaches_the_terminal(tmp_path):
    ended = subprocess.run([sys.executable, "-c", QUIET, str(tmp_path)], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")


def test_a_broken_database_is_told(tmp_path):
    (tmp_path / "mlflow.db").write_text("this is no database, and long enough to be told from an empty one")
    tracking = MlflowTracking(tmp_path)
    tracking.begin("loans", "loans/1", {}, {})
    with pytest.raises(OutsideError, match="MLflow cannot keep the record") as raised:
        tracking.end("SUCCESS", "")
    assert "not a database" in raised.value.why


def test_numbers_that_git_knows_are_not_given_twice(tmp_path):
    """A registry on another machine has counted nothing yet; what it calls a version must still be git's word."""
    tracking = MlflowTracking(tmp_path)
    tracking.begin("loans", "loans/1", {}, {})
    released = {"sha256:served": 4, "sha256:before": 3}
    new = tracking.register(Candidate("loans", "sha256:new", tmp_path, "loans/1", {}, released))
    known = tracking.register(Candidate("loans", "sha256:before", tmp_path, "loans/1", {}, released))
    again = tracking.register(Candidate("loans", "sha256:new", tmp_path, "loans/2", {}, released))
    newer = tracking.register(Candidate("loans", "sha256:newer", tmp_path, "loans/2", {}, released))
    tracking.end("SUCCESS", "")
    assert [one.version for one in (new, known, again, newer)] == [5, 3, 5, 6]
    assert [one.existing for one in (new, known, again, newer)] == [False, False, True, False]
