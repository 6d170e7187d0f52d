"""Detection through a real server with real models: one that leans on what can be forged, and the one before."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import uvicorn
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mlops_gitops.adapters.http_endpoint import HttpEndpoint
from mlops_gitops.adapters.inference_log import JsonLinesInferenceLog
from mlops_gitops.adapters.model_store import FolderModelStore
from mlops_gitops.detector.baseline import build_baseline
from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.records.canonical import canonical_json
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release, ReleasedModel
from mlops_gitops.records.verdict import Outcome, VerdictSeverity
from mlops_gitops.server.app import create_app
from mlops_gitops.server.config import ServerConfig
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import Cluster, EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.stages.model_package import Manifest, load_package, write_package
from mlops_gitops.usecases.detect import detect_drift, detect_regression

COLUMNS = [
    {"name": "amount", "type": "float"},
    {"name": "km", "type": "float", "nullable": True},
    {"name": "payments", "type": "int"},
    {"name": "country", "type": "category", "values": ["DE", "FR", "BR"]},
    {"name": "trust", "type": "int"},
]
NONE = "sha256:" + "0" * 64


def transactions(rows, seed, *, attack=False):
    """About 5 % fraud: dear, far away and from devices of little trust, unless the trust is forged."""
    random = np.random.default_rng(seed)
    fraud = random.random(rows) < 0.05
    forged = fraud & attack & (random.random(rows) < 0.6)
    km = np.where(fraud, random.gamma(4, 40, rows), random.gamma(2, 15, rows))
    return pd.DataFrame(
        {
            "amount": np.where(fraud, random.gamma(4, 60, rows), random.gamma(2, 30, rows)),
            "km": np.where(random.random(rows) < 0.03, np.nan, km),
            "payments": random.poisson(np.where(fraud, 4, 2)),
            "country": np.where(random.random(rows) < np.where(fraud, 0.4, 0.05), "BR", "DE"),
            "trust": np.where(forged | ~fraud, random.integers(60, 100, rows), random.integers(0, 61, rows)),
            "is_fraud": fraud.astype(int),
        }
    )


def package(folder, store, columns):
    train, test = transactions(12_000, 1), transactions(12_000, 2)
    names = [column["name"] for column in columns]
    numeric = [column["name"] for column in columns if column["type"] != "category"]
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numeric),
        (OneHotEncoder(handle_unknown="ignore"), ["country"]),
    )
    model = make_pipeline(encode, LogisticRegression(max_iter=500))
    model.fit(train[names], train["is_fraud"])
    scores = model.predict_proba(test[names])[:, 1]
    kinds = {column["name"]: column["type"] for column in columns}
    baseline = build_baseline(test[names], kinds, scores, test["is_fraud"], 0.5)
    plain = {
        "project": "cards", "framework": "scikit-learn", "features": columns, "label": "is_fraud", "threshold": 0.5,
        "entrypoint": "model:train", "seed": 42, "python": "3.11",
    }  # fmt: skip
    write_package(
        folder,
        estimator=model,
        manifest=Manifest.model_validate(plain),
        code={},
        baseline=baseline.to_bytes(),
        requirements="",
    )
    return store.put(folder)


class Served:
    """Store, digests of versions 1 (without trust) and 2 (with it), and a server of version 2."""

    def __init__(self, folder):
        self.models = FolderModelStore(folder / "models")
        self.first = package(folder / "v1", self.models, COLUMNS[:-1])
        self.second = package(folder / "v2", self.models, COLUMNS)
        config = ServerConfig(
            project="cards", environment="staging", model_version=2, model_digest=self.second,
            model_store=str(folder), inference_log=str(folder / "log"),
        )  # fmt: skip
        log = JsonLinesInferenceLog(folder / "log", "cards")
        app = create_app(config, load_package(self.models.path(self.second), self.second), log)
        self.server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("detect"))
    yield served
    served.stop()


def released(version, digest):
    return ReleasedModel(
        version=version, digest=digest, data_digest="md5:0", code_digest=NONE, environment_digest=NONE,
        config_digest=NONE, run="20260105-1", trained_at_commit="0" * 40,
    )  # fmt: skip


def place(served, **release):
    """The project and its environment, with version 2 released after version 1."""
    spec = ProjectSpec.model_validate(
        {
            "pipeline": {"stages": ["model_training"]},
            "testing": {"thresholds": {"recall": 0.85}},
            "monitoring": {"metrics": ["recall", "f1_score"], "regression_detection": {"performance_threshold": 0.03}},
            "alerting": {},
        }
    )
    contract = DataContract.model_validate({"source": "data.csv", "label": "is_fraud", "columns": COLUMNS})
    cluster, settings = Cluster(kind="local"), EnvironmentSettings(cluster="here")
    platform = PlatformSpec(clusters={"here": cluster}, environments={"staging": settings})
    models = {"model": released(2, served.second), "previous": released(1, served.first), **release}
    environment = Environment(
        "staging", settings, cluster, spec, Release(project="cards", environment="staging", **models)
    )
    return {
        "project": Project("cards", spec, contract, platform, (environment,), "md5:0", NONE),
        "environment": environment,
        "models": served.models,
    }


def regression(served, frame, **release):
    said = []
    return detect_regression(
        frame,
        **place(served, **release),
        endpoint=HttpEndpoint(timeout_s=20.0, pause_s=0.01),
        base_url=served.url,
        say=said.append,
    )


def test_an_attack_is_a_high_regression_that_the_former_version_does_not_have(served):
    verdict = regression(served, transactions(6_000, 3, attack=True))
    assert (verdict.outcome, verdict.severity) == (Outcome.FAILED, VerdictSeverity.HIGH)
    recall = next(change for change in verdict.metrics if change.name == "recall")
    assert recall.regressed
    assert recall.current < recall.baseline - 0.1
    assert verdict.former is not None
    assert (verdict.former.version, verdict.former.metric) == (1, "recall")
    assert verdict.former.former_is_better
    assert verdict.former.current == pytest.approx(recall.current)
    assert (verdict.model_version, verdict.model_digest) == (2, served.second)
    assert (verdict.rows, verdict.labelled_rows) == (6_000, 6_000)
    canonical_json(verdict.to_plain())


def test_an_ordinary_batch_passes(served):
    verdict = regression(served, transactions(6_000, 4))
    assert verdict.outcome is Outcome.PASSED
    assert {column.name for column in verdict.columns} == {"amount", "km", "payments", "country", "trust", "score"}
    assert not verdict.former.former_is_better


def test_what_the_endpoint_answers_is_what_the_package_answers(served):
    frame = transactions(2_500, 5)
    model = load_package(served.models.path(served.second), served.second)
    columns = {name: frame[name].tolist() for name in model.manifest.feature_names()}
    answer = HttpEndpoint().infer(served.url, "cards", columns, len(frame))
    np.testing.assert_allclose(answer.scores, model.score(frame), atol=1e-12)
    np.testing.assert_array_equal(answer.predictions, model.predict(frame))
    assert len(answer.latencies_s) == 3


def test_rows_without_a_label_count_for_drift_alone(served):
    frame = transactions(4_000, 6)
    frame["is_fraud"] = frame["is_fraud"].astype("Int64").mask(frame.index >= 3_000)
    verdict = regression(served, frame)
    assert (verdict.rows, verdict.labelled_rows) == (4_000, 3_000)
    assert verdict.outcome is Outcome.PASSED


def test_the_index_of_the_batch_does_not_matter(served):
    frame = transactions(3_000, 7)
    plain = regression(served, frame)
    shuffled = frame.sample(frac=1.0, random_state=1)
    assert regression(served, shuffled).metrics == plain.metrics


def test_without_a_former_version_nothing_is_compared(served):
    assert regression(served, transactions(1_000, 4), previous=None).former is None


def test_a_former_version_that_is_gone_does_not_hide_the_verdict(served):
    gone = released(1, "sha256:" + "1" * 64)
    verdict = regression(served, transactions(6_000, 3, attack=True), previous=gone)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.former is None
    assert verdict.reasons[-1].startswith("Version 1 could not be compared: the model store lacks package 1111111111")


def test_another_version_than_the_released_one_answers(served):
    with pytest.raises(OutsideError, match="version 2 answers, but version 3 is released") as caught:
        regression(served, transactions(100, 4), model=released(3, served.second))
    assert caught.value.todo == "reconcile staging first"


def test_nothing_serves(served):
    with pytest.raises(OutsideError, match="did not answer"):
        detect_regression(
            transactions(100, 4),
            **place(served),
            endpoint=HttpEndpoint(attempts=2, pause_s=0.01),
            base_url="http://127.0.0.1:9",
            say=lambda _: None,
        )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda frame: frame.iloc[:0], "the batch is empty"),
        (lambda frame: frame.drop(columns="is_fraud"), "lacks the label column is_fraud"),
        (lambda frame: frame.drop(columns=["trust"]), 'missing column "trust"'),
        (lambda frame: frame.assign(is_fraud=None), "no row of the batch has a value in the label column"),
        (lambda frame: frame.assign(is_fraud=frame["is_fraud"].astype(str)), "other values than in training"),
        (lambda frame: frame.assign(country="XX"), "unknown category"),
        (lambda frame: frame.assign(amount=np.inf), "infinite"),
        (lambda frame: frame.assign(trust=None), "trust"),
        (lambda frame: frame.assign(amount="dear"), "amount"),
    ],
)
def test_a_wrong_batch_is_told_before_anything_is_sent(served, change, says):
    with pytest.raises(UsageError, match=says):
        regression(served, change(transactions(100, 4)))


def test_nothing_is_released(served):
    given = place(served)
    given["environment"] = replace(given["environment"], release=None)
    with pytest.raises(UsageError, match="no version released to staging"):
        detect_drift(transactions(100, 4), None, **given, say=lambda _: None)


def drift(served, columns, scores=None):
    return detect_drift(columns, scores, **place(served), say=lambda _: None)


def test_drift_needs_neither_labels_nor_the_endpoint(served):
    frame = transactions(4_000, 8).drop(columns="is_fraud")
    assert drift(served, frame).outcome is Outcome.PASSED
    moved = drift(served, frame.assign(amount=frame["amount"] * 1.6))
    assert (moved.outcome, moved.severity, moved.labelled_rows) == (Outcome.WARNING, VerdictSeverity.LOW, 0)
    assert {column.name for column in moved.columns if column.drifted} == {"amount"}


def test_drift_sees_what_the_model_would_refuse(served):
    frame = transactions(4_000, 8)
    frame["payments"] = frame["payments"].astype("Int64").mask(frame.index < 1_500)  # not nullable
    frame["country"] = frame["country"].where(frame.index < 3_000, "XX")  # never seen
    assert {column.name for column in drift(served, frame).columns if column.drifted} == {"payments", "country"}


def test_drift_of_logged_rows_with_their_scores(served):
    frame = transactions(1_000, 8)
    columns = {column["name"]: frame[column["name"]].tolist() for column in COLUMNS}
    verdict = drift(served, columns, np.full(1_000, 0.5))
    assert [column.name for column in verdict.columns if column.drifted] == ["score"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"amount": [1.0]}, "the batch lacks km, payments, country, trust"),
        ({column["name"]: [] for column in COLUMNS}, "the batch is empty"),
        ({column["name"]: ["text"] * 40 for column in COLUMNS}, "cannot be compared with the baseline"),
    ],
)
def test_rows_that_cannot_be_compared(served, columns, says):
    with pytest.raises(UsageError, match=says):
        drift(served, columns)
