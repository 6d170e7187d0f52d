"""The continuous monitor: what it is told by its rendered file, and what it makes of what was served."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from mlops_gitops.adapters.inference_log import JsonLinesInferenceHistory
from mlops_gitops.adapters.model_store import FolderModelStore
from mlops_gitops.detector.baseline import build_baseline
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.inference import InferenceChunk
from mlops_gitops.records.verdict import Outcome
from mlops_gitops.stages.model_package import Feature, Manifest, load_package, write_package
from mlops_gitops.usecases.monitor import Monitor, MonitorConfig
from tests.factory import compiled

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def config(**changes):
    plain = {
        "project": "cards", "environment": "staging", "model_version": 2, "model_digest": None,
        "regression_detection": {}, "drift_detection": {"window": "24h"},
    }  # fmt: skip
    return json.dumps(plain | changes).encode()


def amounts(count, seed, shift=0.0):
    return np.random.default_rng(seed).gamma(2, 30, count) + shift


def scored(values):
    """As steep a score as any, the same for training and serving."""
    return 1 / (1 + np.exp((100 - np.asarray(values)) / 10))


def packaged(folder, **bounds):
    """A package whose baseline has one column."""
    import pandas as pd

    rows = pd.DataFrame({"amount": amounts(2000, 1)})
    label = (rows["amount"] > 100).astype(int)
    model = LogisticRegression().fit(rows, label)
    features = (Feature(name="amount", type="float", **bounds),)
    manifest = Manifest(
        project="cards", framework="scikit-learn", features=features, label="is_fraud",
        threshold=0.5, entrypoint="model:train", seed=1, python="3.11",
    )  # fmt: skip
    baseline = build_baseline(rows, {"amount": "float"}, scored(rows["amount"]), label, 0.5).to_bytes()
    package = folder / "package"
    digest = write_package(package, estimator=model, manifest=manifest, code={}, baseline=baseline, requirements="")
    made = FolderModelStore(folder / "models")
    made.put(package)
    return made, digest


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return packaged(tmp_path_factory.mktemp("monitor"))


def served(folder, values, *, version=2, hours_ago=1.0, name="amount"):
    file = folder / "cards" / f"{(NOW - timedelta(hours=hours_ago)).date()}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    columns, when = {name: list(values)}, NOW - timedelta(hours=hours_ago)
    chunk = InferenceChunk(when, "r", version, scored(values).tolist(), [0] * len(values), columns)
    with file.open("a") as lines:
        lines.write(json.dumps(chunk.to_plain()) + "\n")


def monitor(store, **changes):
    models, digest = store
    return Monitor(MonitorConfig.parse(config(model_digest=digest, **changes), "detector.json"), models)


def test_what_was_served_is_like_the_training(store, tmp_path):
    served(tmp_path, amounts(500, 2))
    verdict = monitor(store).round(JsonLinesInferenceHistory(tmp_path), NOW)
    assert (verdict.rows, verdict.outcome, verdict.labelled_rows) == (500, Outcome.PASSED, 0)
    assert (verdict.project, verdict.environment, verdict.model_version) == ("cards", "staging", 2)


def test_drift_is_seen(store, tmp_path):
    served(tmp_path, amounts(500, 2, shift=60.0))
    (amount,) = [
        column
        for column in monitor(store).round(JsonLinesInferenceHistory(tmp_path), NOW).columns
        if column.name == "amount"
    ]
    assert amount.drifted


def test_other_versions_and_other_times_are_left_out(store, tmp_path):
    served(tmp_path, amounts(500, 2, shift=60.0), version=1)
    served(tmp_path, amounts(500, 2, shift=60.0), hours_ago=25)
    served(tmp_path, amounts(400, 2))
    verdict = monitor(store).round(JsonLinesInferenceHistory(tmp_path), NOW)
    assert (verdict.rows, verdict.outcome) == (400, Outcome.PASSED)


def test_nothing_served_is_not_enough(store, tmp_path):
    verdict = monitor(store).round(JsonLinesInferenceHistory(tmp_path), NOW)
    assert (verdict.rows, verdict.outcome) == (0, Outcome.NOT_ENOUGH_DATA)


def test_a_column_that_went_missing_is_told_and_kills_nothing(store, tmp_path):
    served(tmp_path, amounts(500, 2), name="amount_eur")
    verdict = monitor(store).round(JsonLinesInferenceHistory(tmp_path), NOW)
    assert verdict.rows == 500
    assert next(column for column in verdict.columns if column.name == "amount").drifted


def attacked(store, folder, values):
    served(folder, values)
    made = monitor(store)
    return made.attack(made.served(JsonLinesInferenceHistory(folder), NOW))


def threshold_of(store):
    """The amount from which the model calls a row positive."""
    models, digest = store
    grid = np.linspace(50, 150, 10_001)
    scores = load_package(models.path(digest), digest).score({"amount": list(grid)})
    return float(grid[int((scores >= 0.5).argmax())])


def test_positives_near_the_threshold_are_hidden_and_far_ones_are_not(store, tmp_path):
    edge = threshold_of(store)
    rest = list(amounts(300, 2).clip(max=edge - 20))
    share = attacked(store, tmp_path, [*[edge + 0.5] * 40, *[edge * 2] * 60, *rest])
    assert share == pytest.approx(0.4)


def test_an_attack_stays_within_the_contract(tmp_path):
    edge = threshold_of(packaged(tmp_path / "free"))
    bounded = packaged(tmp_path / "bounded", min=edge + 0.2)
    values = [edge + 0.5] * 40 + list(amounts(300, 2).clip(max=edge - 20))
    assert attacked(bounded, tmp_path / "log", values) == 0.0


def test_no_attack_without_enough_positives(store, tmp_path):
    edge = threshold_of(store)
    rest = list(amounts(300, 2).clip(max=edge - 20))
    assert attacked(store, tmp_path / "few", [edge + 50.0] * 29 + rest) is None
    assert attacked(store, tmp_path / "enough", [edge + 50.0] * 30 + rest) == 0.0


def test_rows_that_the_model_cannot_take_are_not_attacked(store, tmp_path):
    served(tmp_path, amounts(500, 2), name="amount_eur")
    made = monitor(store)
    assert made.attack(made.served(JsonLinesInferenceHistory(tmp_path), NOW)) is None


def test_nothing_is_released(store):
    with pytest.raises(OutsideError, match="nothing is released to staging"):
        Monitor(MonitorConfig.parse(config(), "detector.json"), store[0])


def test_what_the_compiler_renders_is_what_is_read():
    import yaml

    files = compiled().files
    rendered = yaml.safe_load(files["rendered/fraud-detection/staging/monitoring/detector.yaml"])
    read = MonitorConfig.parse(rendered["data"]["detector.json"].encode(), "detector.yaml")
    assert (read.project, read.environment, read.model_digest) == ("fraud-detection", "staging", None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode"),
        (b"[]", "valid dictionary"),
        (b"null", "valid dictionary"),
        (config(model_version="two"), "model_version: Input should be a valid integer"),
        (config(more=1), "more: Extra inputs are not permitted"),
        (config(drift_detection={"window": "soon"}), "drift_detection.window: Value error, not a duration"),
    ],
)
def test_a_file_that_is_none(content, why):
    with pytest.raises(OutsideError, match="the monitor's configuration cannot be read") as raised:
        MonitorConfig.parse(content, "detector.json")
    assert why in raised.value.why
    assert "\n" not in raised.value.why
    assert (raised.value.where, raised.value.todo[:12]) == ("detector.json", "render again")
