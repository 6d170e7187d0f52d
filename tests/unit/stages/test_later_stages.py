"""The stages between data and release, on a small project that really runs."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlops_gitops.pipeline.run_report import RunReport, RunStatus
from mlops_gitops.pipeline.stage import Measurement
from mlops_gitops.records.stage_result import StageStatus
from mlops_gitops.server.config import load_config
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.stages import ModelValidationOptions, StageName
from mlops_gitops.stages import STAGES
from mlops_gitops.stages.data_preprocessing import missing_rates, outlier_rates
from mlops_gitops.stages.model_package import load_package
from mlops_gitops.stages.model_packaging import write_context
from mlops_gitops.stages.model_validation import cost_per_thousand, gain
from mlops_gitops.stages.primary_metric import primary_metric
from mlops_gitops.usecases.run import RunOrder, run, wanted_steps
from tests.small_project import SPEC, changed, project_of, quiet, services_of, write_project

STAGES_OF_A_RUN = [stage.value for stage in StageName if stage.value not in ("model_deployment", "model_monitoring")]
WHOLE = changed(SPEC, pipeline={"stages": STAGES_OF_A_RUN})


def executed(root: Path, spec: dict[str, Any], **order: Any) -> RunReport:
    return run(project_of(root, spec), RunOrder("c0ffee", dirty=("a.py",), **order), services_of(root), quiet)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("loans")
    write_project(root)
    return root


@pytest.fixture(scope="module")
def whole(repository: Path) -> RunReport:
    return executed(repository, WHOLE)


def stage(report: RunReport, name: str) -> Any:
    return next(one.result for one in report.stages if one.result.stage == name)


@pytest.mark.slow
def test_every_stage_measures_and_passes(whole: RunReport) -> None:
    assert whole.status is RunStatus.SUCCESS, [one.result for one in whole.stages if one.result.reason]
    names = [one.result.stage for one in whole.stages]
    assert names == [name for name in STAGES_OF_A_RUN if name != "model_retraining"]
    gates = {name: [gate.name for gate in stage(whole, name).gates] for name in names}
    assert gates["data_preprocessing"] == ["missing_rate", "outlier_rate"]
    assert gates["model_evaluation"] == ["f1_score", "region_accuracy_gap", "region_positive_rate_gap"]
    assert gates["model_validation"] == ["business_gain"]
    assert gates["model_packaging"] == ["context_mb"]


@pytest.mark.slow
def test_cleaning_is_done_once(whole: RunReport) -> None:
    cleaned = stage(whole, "data_preprocessing").metrics["rows"]
    split = stage(whole, "feature_engineering").metrics
    assert cleaned == split["train_rows"] + split["validation_rows"] + split["test_rows"]
    assert split["rows_dropped"] == 0


@pytest.mark.slow
def test_a_written_split_is_the_split(repository: Path) -> None:
    shares = {"train": 0.5, "validation": 0.25, "test": 0.25}
    spec = changed(WHOLE, training={"split": shares})
    report = executed(repository, spec, to_stage=StageName.FEATURE_ENGINEERING)
    split = stage(report, "feature_engineering").metrics
    assert abs(split["train_rows"] - split["validation_rows"] * 2) <= 2


@pytest.mark.slow
def test_a_gate_that_is_missed_stops_the_run(repository: Path, whole: RunReport) -> None:
    strict = changed(WHOLE, pipeline={"stage_options": {"model_evaluation": {"min_f1_score": 1.0}}})
    report = executed(repository, strict)
    assert report.status is RunStatus.FAILED
    assert stage(report, "model_evaluation").status is StageStatus.FAILED
    assert stage(report, "model_testing").status is StageStatus.SKIPPED


@pytest.mark.slow
def test_the_costs_of_mistakes_are_the_value(repository: Path, whole: RunReport) -> None:
    dear = changed(WHOLE, pipeline={"stage_options": {"model_validation": {"cost_false_negative": 10}}})
    report = executed(repository, dear, to_stage=StageName.MODEL_VALIDATION)
    value, cheap = (stage(one, "model_validation").metrics["business_value"] for one in (report, whole))
    assert value <= cheap < 0


@pytest.mark.slow
def test_a_business_metric_of_the_project_is_called(repository: Path, whole: RunReport) -> None:
    (repository / "projects/loans/worth.py").write_text("def worth(rows, labels, decisions): return 7\n")
    spec = changed(WHOLE, pipeline={"stage_options": {"model_validation": {"business_metric": "worth:worth"}}})
    report = executed(repository, spec, to_stage=StageName.MODEL_VALIDATION)
    (repository / "projects/loans/worth.py").unlink()
    assert stage(report, "model_validation").metrics["business_value"] == 7
    assert "business_gain" in stage(report, "model_validation").reason  # 7 against 7 of no model at all


@pytest.mark.slow
def test_retraining_is_entered_by_its_name_only(repository: Path, whole: RunReport) -> None:
    report = executed(repository, WHOLE, from_stage=StageName.MODEL_RETRAINING, to_stage=StageName.MODEL_RETRAINING)
    assert stage(report, "model_retraining").status is StageStatus.PASSED
    assert "with nothing to compare" in stage(report, "model_retraining").summary


def test_a_run_leaves_retraining_out(tmp_path: Path) -> None:
    write_project(tmp_path)
    names = [step.stage.name for step in wanted_steps(project_of(tmp_path, WHOLE), RunOrder("c0ffee"))]
    assert StageName.MODEL_RETRAINING not in names


CONTRACT = DataContract.model_validate({
    "source": "x.csv", "label": "y",
    "columns": [
        {"name": "a", "type": "float", "nullable": True}, {"name": "same", "type": "int"},
        {"name": "word", "type": "category"}, {"name": "y", "type": "int", "role": "label"},
    ],
})  # fmt: skip


def test_gaps_and_far_out_values_are_counted_by_feature() -> None:
    numbers = [float(number) for number in range(98)]
    rows = pd.DataFrame({"a": [*numbers, 1e6, np.nan], "same": [7] * 99 + [9], "word": ["w"] * 100, "y": [0] * 100})
    assert missing_rates(rows, CONTRACT) == {"a": 0.01, "same": 0.0, "word": 0.0}
    assert outlier_rates(rows, CONTRACT) == {"a": 0.01, "same": 0.0}


def test_a_column_without_any_value_has_no_outlier() -> None:
    rows = pd.DataFrame({"a": [np.nan, np.nan], "same": [1, 2], "word": ["w", "w"], "y": [0, 1]})
    assert outlier_rates(rows, CONTRACT)["a"] == 0.0


@pytest.mark.parametrize(
    ("reached", "reference", "expected"),
    [(110.0, 100.0, 0.1), (-90.0, -100.0, 0.1), (-110.0, -100.0, -0.1), (5.0, 0.0, 1.0), (0.0, 0.0, 0.0)],
)
def test_a_gain_is_relative_and_keeps_its_sign(reached: float, reference: float, expected: float) -> None:
    assert gain(reached, reference) == pytest.approx(expected)


def test_the_cost_is_that_of_wrong_decisions() -> None:
    labels = np.array([True, True, False, False])
    decisions = np.array([True, False, True, False])
    options = ModelValidationOptions(cost_false_positive=2.0, cost_false_negative=10.0)
    assert cost_per_thousand(labels, decisions, options) == -1000 * 12 / 4


def test_the_context_is_the_same_bytes_for_the_same_content(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    (tmp_path / "two").write_text("2")
    files = {"b": tmp_path / "two", "a": tmp_path / "one"}
    write_context(tmp_path / "x.tar", files)
    (tmp_path / "one").touch()
    (tmp_path / "one").chmod(0o600)
    write_context(tmp_path / "y.tar", dict(reversed(files.items())))
    assert (tmp_path / "x.tar").read_bytes() == (tmp_path / "y.tar").read_bytes()
    with tarfile.open(tmp_path / "x.tar") as archive:
        assert archive.getnames() == ["a", "b"]


@pytest.mark.parametrize(("written", "share", "expected"), [
    (None, 0.05, "f1_score"), (None, 0.5, "accuracy"), ("f1", 0.5, "f1_score"), ("recall", 0.05, "recall"),
])  # fmt: skip
def test_the_project_may_name_its_primary_metric(
    tmp_path: Path, written: str | None, share: float, expected: str
) -> None:
    write_project(tmp_path)
    project = project_of(tmp_path, changed(SPEC, testing={"primary_metric": written}))
    labels = np.arange(100) < 100 * share
    assert primary_metric(project, labels) == expected


def test_a_retrained_version_must_gain_over_the_serving_one(tmp_path: Path) -> None:
    write_project(tmp_path)
    measured = Measurement(metrics={"accuracy": 0.91, "serving_accuracy": 0.9, "gain_over_serving": 0.011})
    (gate,) = STAGES[StageName.MODEL_RETRAINING].gates(project_of(tmp_path), measured)
    assert (gate.limit, gate.passed) == (0.02, False)


@pytest.mark.slow
def test_the_context_serves_the_package_that_it_holds(whole: RunReport, repository: Path) -> None:
    digest = stage(whole, "model_training").details["package_digest"]
    contexts = list((repository / ".mlops-gitops/cache/model_packaging").rglob("context.tar"))
    with tarfile.open(contexts[0]) as archive:
        archive.extractall(repository / "image", filter="data")
    config = load_config(repository / "image/serving.json")
    assert config.released() == (0, digest)
    assert load_package(repository / "image/package", digest).digest == digest
