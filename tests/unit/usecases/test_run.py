"""The runner with everything real: stages in processes, DVC-free data, MLflow, a served endpoint.

One small project is trained once for the module; tests that change something work on a copy of its state.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import tests.serving_worker
from mlops_gitops.diagnostics import ExitCode, OutsideError, UsageError
from mlops_gitops.pipeline.run_report import RunStatus
from mlops_gitops.records.stage_result import StageStatus
from mlops_gitops.spec.stages import StageName as S
from mlops_gitops.usecases.run import RunOrder, dry_run, run
from mlops_gitops.usecases.stage import run_stage
from tests.small_project import CONTRACT, MODEL, NAME, SPEC, changed, project_of, quiet, services_of, write_project

pytestmark = pytest.mark.slow
ORDER = RunOrder(commit="4e1c9b2" + "0" * 33)
SERVING = (sys.executable, tests.serving_worker.__file__)
STAGES = ["data_validation", "feature_engineering", "model_training", "model_testing"]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The repository root and the report and lines of its first run."""
    root = tmp_path_factory.mktemp("first")
    write_project(root)
    lines = []
    return root, run(project_of(root), ORDER, services_of(root), lines.append), lines


@pytest.fixture
def root(first, tmp_path):
    """A repository in which that run has happened."""
    shutil.copytree(first[0], tmp_path / "root")
    return tmp_path / "root"


def ran(report):
    return {one.result.stage: ("cached" if one.cached else one.result.status.value) for one in report.stages}


def with_spec(root, **changes):
    return project_of(root, changed(SPEC, **changes))


def test_a_first_run_makes_measures_registers_and_records(first):
    root, report, lines = first
    assert ran(report) == dict.fromkeys(STAGES, "passed"), report.reason
    assert (report.status, report.exit_code, report.number) == (RunStatus.SUCCESS, ExitCode.DONE, 1)
    assert report.released.version == 1
    assert report.released.run == "loans/1"
    gates = {gate.name: gate for gate in report.released.gates}
    assert {"quality_score", "gain_over_baseline", "recall", "f1_score", "region_accuracy_gap"} <= set(gates)
    assert gates["false_positive_rate"].sign == "≤"
    assert (root / ".mlops-gitops" / "models" / report.released.digest.removeprefix("sha256:")).is_dir()
    record = json.loads((root / ".mlops-gitops" / "runs" / NAME / "1" / "run.json").read_text())
    assert record["status"] == "SUCCESS"
    assert [one["result"]["stage"] for one in record["stages"]] == STAGES
    testing = record["stages"][-1]
    assert (root / testing["outputs"]["junit"]).read_text().startswith("<?xml")
    assert testing["result"]["gates"][0]["limit"] is not None
    assert lines[0] == "loans · run 1 · commit 4e1c9b2"
    assert lines[1].startswith("  data_validation ")
    assert lines[-1].startswith("SUCCESS in ")


def test_the_second_run_is_cached_and_finds_its_version(root):
    report = run(project_of(root), ORDER, services_of(root), quiet)
    assert ran(report) == dict.fromkeys(STAGES, "cached")
    assert (report.number, report.released.version, report.released.run) == (2, 1, "loans/1")


def test_a_changed_gate_is_judged_anew_and_nothing_is_measured_again(root, first):
    testing = first[1].stage("model_testing").result
    recall = testing.metrics["recall"]
    assert recall < 1.0
    project = with_spec(root, testing={"thresholds": {"recall": (recall + 1) / 2}})
    report = run(project, ORDER, services_of(root), quiet)
    stage = report.stage("model_testing")
    assert stage.cached
    assert stage.result.status is StageStatus.FAILED
    assert "not ≥" in stage.result.reason
    assert (report.status, report.exit_code) == (RunStatus.FAILED, ExitCode.ANSWER_NO)
    assert report.released is None


def test_a_suite_that_stopped_early_goes_on_once_its_gate_is_met(root):
    few = {"categories": ["model_test", "robustness_test"]}
    strict = with_spec(root, testing={**few, "thresholds": {"recall": 1.0}})
    report = run(strict, ORDER, services_of(root), quiet)
    cases = {one["case"]["id"]: one["status"] for one in report.stage("model_testing").result.details["cases"]}
    assert (cases["model_quality"], cases["noise"]) == ("failed", "skipped")
    still = run(strict, ORDER, services_of(root), quiet)
    assert still.stage("model_testing").cached
    met = run(with_spec(root, testing=few), ORDER, services_of(root), quiet)
    assert ran(met)["model_testing"] != "cached"
    cases = {one["case"]["id"]: one["status"] for one in met.stage("model_testing").result.details["cases"]}
    assert cases["noise"] in ("passed", "failed")


@pytest.mark.parametrize("what", ["code", "contract", "parameters"])
def test_what_goes_into_training_trains_again(root, what):
    project = project_of(root)
    if what == "code":
        (root / project.folder / "model.py").write_text(MODEL.replace("max_depth=5", "max_depth=6"))
        project = project_of(root)
    elif what == "contract":
        project = project_of(root, contract=changed(CONTRACT, groups=[]))
    else:
        project = with_spec(root, training={"seed": 7})
    found = dict(dry_run(project, ORDER, services_of(root), quiet))
    assert found["model_training"] == "run"
    # What is on the way is not known before it is made, and a seed reaches no data check.
    assert found["data_validation"] == ("cached" if what == "parameters" else "run")


def test_a_dry_run_writes_nothing(root):
    before = sorted(root.rglob("*"))
    assert dict(dry_run(project_of(root), ORDER, services_of(root), quiet)) == dict.fromkeys(STAGES, "cached")
    assert sorted(root.rglob("*")) == before


def test_crashing_code_shows_its_last_words_and_stops_the_run(root):
    project = with_spec(root, training={"parameters": {"fault": "crash"}})
    report = run(project, ORDER, services_of(root), quiet)
    assert ran(report) == {**dict.fromkeys(STAGES[:2], "cached"), "model_training": "error", "model_testing": "skipped"}
    assert "RuntimeError: the model exploded" in report.reason
    assert (report.status, report.exit_code) == (RunStatus.ERROR, ExitCode.ANSWER_NO)


def test_continue_goes_on_as_far_as_outputs_reach(root):
    options = {"model_training": {"min_gain_over_baseline": 1000.0, "on_failure": "continue"}}
    report = run(with_spec(root, pipeline={"stage_options": options}), ORDER, services_of(root), quiet)
    assert report.stage("model_training").result.status is StageStatus.FAILED
    assert report.stage("model_testing").result.status is StageStatus.PASSED
    assert (report.status, report.released) == (RunStatus.FAILED, None)


def test_a_stage_that_runs_out_of_time_is_ended_and_leaves_nothing_half_done(root):
    project = with_spec(
        root,
        training={"parameters": {"fault": "sleep"}},
        pipeline={"stage_options": {"model_training": {"timeout": "4s"}}},
    )
    report = run(project, ORDER, services_of(root), quiet)
    assert "ran out of time" in report.reason
    assert report.stage("model_training").duration_s < 12
    assert _no_process_is_left(root)
    left = [path.name for path in (root / ".mlops-gitops" / "cache" / "model_training").iterdir()]
    assert not [name for name in left if name.startswith(".unfinished")]


def test_the_overall_timeout_ends_a_run_too(root):
    project = with_spec(root, training={"parameters": {"fault": "sleep"}}, pipeline={"timeout": "4s"})
    report = run(project, ORDER, services_of(root), quiet)
    assert "pipeline.timeout" in report.reason


def test_what_earlier_jobs_of_a_run_took_counts_against_its_timeout(root):
    project = with_spec(root, training={"parameters": {"fault": "sleep"}}, pipeline={"timeout": "2h"})
    report = run(project, replace(ORDER, elapsed_s=7200.0), services_of(root), quiet)
    assert report.reason.endswith("the run's timeout is over; pipeline.timeout")


RUNNER = """
import sys
from pathlib import Path
from tests.small_project import SPEC, changed, project_of, services_of
from mlops_gitops.usecases.run import RunOrder, run
root = Path(sys.argv[1])
spec = changed(SPEC, training={"parameters": {"fault": "sleep"}})
run(project_of(root, spec), RunOrder("abc"), services_of(root), lambda text: print(text, flush=True))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_interrupted_or_killed_leaves_no_process_and_the_next_one_goes_on(root, how):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(root)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    log = root / ".mlops-gitops" / "runs" / NAME / "2" / "model_training.log"
    for _ in range(300):
        if log.is_file() and "sleeping" in log.read_text():
            break
        time.sleep(0.1)
    runner.send_signal(how)
    runner.wait(20)
    assert _no_process_is_left(root)
    report = run(project_of(root), ORDER, services_of(root), quiet)
    assert ran(report) == dict.fromkeys(STAGES, "cached")
    killed = services_of(root).runs.load(NAME, 2)
    assert (killed["status"], killed["reason"]) == ("ERROR", "interrupted")


def _no_process_is_left(root):
    """Whether no process has this repository on its command line; a request file names it."""
    for _ in range(60):
        lines = [one.info["cmdline"] or [] for one in psutil.process_iter(["cmdline"])]
        if not any(str(root) in word for line in lines for word in line):
            return True
        time.sleep(0.1)
    return False


def test_two_runs_at_once_train_once(root):
    code = RUNNER.replace('{"parameters": {"fault": "sleep"}}', '{"seed": 3}')
    code = code.replace('RunOrder("abc")', 'RunOrder("abc", to_stage=StageName.MODEL_TRAINING)')
    code = "from mlops_gitops.spec.stages import StageName\n" + code
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    runners = [
        subprocess.Popen([sys.executable, "-c", code, str(root)], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [runner.communicate(timeout=120)[0] for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0], outputs
    store = services_of(root).runs
    reports = [store.load(NAME, number) for number in (2, 3)]
    for name in ("feature_engineering", "model_training"):
        cached = [one["cached"] for report in reports for one in report["stages"] if one["result"]["stage"] == name]
        assert sorted(cached) == [False, True], name
    assert any("waiting: another run makes the same" in text for text in outputs)


def test_a_data_file_that_is_not_the_pointers_stops_even_a_cached_run(root):
    source = root / "projects" / NAME / "data" / "loans.csv"
    source.with_name("loans.csv.dvc").write_text("outs:\n- md5: " + "0" * 32 + "\n  path: loans.csv\n")
    report = run(project_of(root), ORDER, services_of(root), quiet)
    assert "not the one that its pointer names" in report.reason
    assert report.exit_code is ExitCode.OUTSIDE


def test_data_in_dvc_is_kept_recorded_and_comes_back(root):
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q", "--no-scm"], cwd=root, check=True)
    services = services_of(root)
    source = f"projects/{NAME}/data/loans.csv"
    services.data.add(source)
    shutil.rmtree(root / ".dvc" / "cache")
    # The same bytes, now with a pointer, have the key they had: nothing that reads the source runs again.
    report = run(with_spec(root, training={"seed": 11}), ORDER, services, quiet)
    assert ran(report)["data_validation"] == "cached"
    (version,) = _versions(root, report.released.version)
    assert version.tags["data_digest"] == project_of(root).data_digest
    assert version.tags["data_url"].startswith("file://")
    before = (root / source).read_bytes()
    (root / source).unlink()
    forced = replace(ORDER, to_stage=S.DATA_VALIDATION, force=True)
    contract = changed(CONTRACT, generator=None)  # nothing but the store can bring it back
    assert run(project_of(root, contract=contract), forced, services_of(root), quiet).status is RunStatus.SUCCESS
    assert (root / source).read_bytes() == before


def _versions(root, number):
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{root / '.mlops-gitops' / 'mlflow' / 'mlflow.db'}"
    return [one for one in MlflowClient(uri, uri).search_model_versions() if int(one.version) == number]


def test_a_threshold_that_nothing_measures_is_named(root):
    report = run(with_spec(root, testing={"thresholds": {"perplexity": 3.0}}), ORDER, services_of(root), quiet)
    assert "perplexity is not measured" in report.reason


def test_without_groups_fairness_is_not_run_and_says_so(root):
    lines = []
    spec = changed(SPEC, testing={"categories": ["fairness_test"]})
    project = project_of(root, spec, changed(CONTRACT, groups=[]))
    report = run(project, ORDER, services_of(root), lines.append)
    assert report.status is RunStatus.SUCCESS
    assert "fairness_groups was not run: no sensitive attribute" in "\n".join(lines)
    assert "protected columns of the contract: region" in "\n".join(lines)
    assert report.stage("model_testing").result.summary.startswith("1 of 2 pass")


def test_a_pipeline_that_only_trains_cleans_and_splits_by_default(tmp_path):
    write_project(tmp_path)
    (tmp_path / "projects" / NAME / "model.py").unlink()  # the built-in model is taken
    lines = []
    spec = changed(SPEC, pipeline={"stages": ["model_training"], "stage_options": {}})
    report = run(project_of(tmp_path, spec), ORDER, services_of(tmp_path), lines.append)
    assert report.status is RunStatus.SUCCESS, report.reason
    assert ran(report) == {"feature_engineering": "passed", "model_training": "passed"}
    assert report.stages[0].implicit
    assert "3 of 3 features kept" in lines[1]
    assert report.stages[1].result.metrics["iterations"] > 5


def test_one_stage_makes_what_it_needs_and_checks_its_key(root):
    project = with_spec(root, training={"seed": 5})
    report = run_stage(project, S.MODEL_TRAINING, ORDER, services_of(root), quiet, key=project.training_key)
    assert ran(report)["model_training"] == "passed"
    assert "model_testing" not in ran(report)
    assert report.released is None
    with pytest.raises(UsageError, match="not the one that this training was rendered for"):
        run_stage(project, S.MODEL_TRAINING, ORDER, services_of(root), quiet, key="sha256:" + "0" * 64)


WHOLE = {"stages": [*STAGES, "model_deployment", "model_monitoring"]}


@pytest.fixture
def served(root):
    """A repository whose pipeline deploys to the real server; ends the server."""
    (root / "monitor").touch()
    yield root
    if (root / "server.pid").is_file():
        server = psutil.Process(int((root / "server.pid").read_text()))
        server.terminate()


def test_deployment_and_monitoring_at_a_real_endpoint(served):
    # A busy test machine is slow: latency is measured here, not judged.
    options = SPEC["pipeline"]["stage_options"] | {"model_monitoring": {"max_latency_p95": "20s"}}
    project = with_spec(served, pipeline={**WHOLE, "stage_options": options})
    report = run(project, ORDER, services_of(served, SERVING), quiet)
    assert report.status is RunStatus.SUCCESS, report.reason
    deployed, monitored = report.stage("model_deployment").result, report.stage("model_monitoring").result
    assert deployed.summary.startswith("v1 serves in staging")
    assert monitored.metrics["availability"] == 1.0
    assert monitored.metrics["right_version"] == 1.0
    assert monitored.metrics["latency_p95_ms"] > 0
    assert not report.stage("model_monitoring").cached
    (served / "monitor").unlink()
    order = replace(ORDER, from_stage=S.MODEL_MONITORING)
    again = run(project, order, services_of(served, SERVING), quiet)
    assert "model_deployment" not in ran(again)
    assert "monitor_running 0 not ≥ 1" in again.reason


def test_uncommitted_changes_run_but_are_not_deployed(served):
    project = with_spec(served, pipeline=WHOLE)
    lines = []
    order = replace(ORDER, dirty=("projects/loans/model.py",))
    report = run(project, order, services_of(served, SERVING), lines.append)
    assert lines[0].endswith("commit 4e1c9b2 + uncommitted changes")
    assert ran(report)["model_testing"] == "cached"
    assert report.exit_code is ExitCode.REFUSED
    assert "refused: uncommitted changes in projects/loans/model.py" in report.reason
    assert ran(report)["model_monitoring"] == "skipped"
    assert report.released is None
    assert not (served / "server.pid").exists()


def test_a_worker_that_is_no_program_is_told(root):
    report = run(project_of(root), replace(ORDER, force=True), services_of(root, ("/no/such/program",)), quiet)
    assert "cannot be started" in report.reason
    assert report.exit_code is ExitCode.OUTSIDE


def test_trouble_with_mlflow_is_told_and_recorded(root):
    (root / ".mlops-gitops" / "mlflow" / "mlflow.db").write_text("this is no database at all, only a line of text")
    with pytest.raises(OutsideError, match="MLflow"):
        run(project_of(root), ORDER, services_of(root), quiet)
    assert services_of(root).runs.load(NAME, 2)["status"] == "ERROR"
