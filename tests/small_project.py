"""A small project that really runs: 4,000 seeded rows, a generator, a model whose faults can be switched on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.dvc_data import DvcDataStore
from mlops_gitops.adapters.mlflow_tracking import MlflowTracking
from mlops_gitops.adapters.model_store import FolderModelStore
from mlops_gitops.adapters.processes import LocalProcesses
from mlops_gitops.adapters.run_store import FolderRunStore
from mlops_gitops.adapters.stage_cache import FolderStageCache
from mlops_gitops.adapters.system_clock import SystemClock
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.stages.source_data import pointer_md5
from mlops_gitops.usecases.run_services import DEFAULT_WORKER, RunServices

NAME = "loans"

SIMULATE = """
import numpy as np
import pandas as pd


def simulate(rows=4000, seed=1):
    random = np.random.Generator(np.random.PCG64(seed))
    debt, kind = random.integers(0, 100, rows), random.choice(["a", "b", "c"], rows)
    income = np.round(random.random(rows) * 100, 2)
    odd = (debt > 80) & (income < 45) & (kind != "c")
    late = odd ^ (random.random(rows) < 0.004)
    return pd.DataFrame({
        "id": np.arange(rows), "time": 1_700_000_000 + np.arange(rows) // 2 * 60, "debt": debt, "income": income,
        "kind": kind, "region": random.choice(["N", "S"], rows), "late": late.astype(int),
    })
"""

# The faults stand in the parameters, so that a test can switch one on without changing the code.
MODEL = """
import os
import sys
import time

from sklearn.tree import DecisionTreeClassifier
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder


def train(train, validation, *, label, features, parameters, seed):
    if parameters.get("fault") == "crash":
        raise RuntimeError("the model exploded")
    if parameters.get("fault") == "sleep":
        print("sleeping in", os.getpid(), flush=True)
        time.sleep(60)
    words = [name for name in features if train[name].dtype.kind not in "if"]
    encode = ColumnTransformer([("words", OneHotEncoder(handle_unknown="ignore"), words)], remainder="passthrough")
    model = Pipeline([("encode", encode), ("tree", DecisionTreeClassifier(max_depth=5, random_state=seed))])
    model.fit(train[features], train[label])
    model.history_ = [{"iteration": i, "train_loss": 1 / (i + 1), "validation_loss": max(0.2, 1 - i / 10)}
                      for i in range(20)]
    return model
"""

TESTS = """
from simulate import simulate


def test_simulate():
    assert len(simulate(rows=10)) == 10
"""

CONTRACT: dict[str, Any] = {
    "source": "data/loans.csv",
    "generator": "simulate:simulate",
    "label": "late",
    "time": "time",
    "groups": ["region"],
    "columns": [
        {"name": "id", "type": "id", "role": "id"},
        {"name": "time", "type": "time", "role": "time"},
        {"name": "debt", "type": "int", "min": 0, "max": 100},
        {"name": "income", "type": "float", "min": 0, "max": 100},
        {"name": "kind", "type": "category", "values": ["a", "b", "c"]},
        {"name": "region", "type": "category", "role": "protected", "values": ["N", "S"]},
        {"name": "late", "type": "int", "role": "label", "min": 0, "max": 1},
    ],
}

SPEC: dict[str, Any] = {
    "pipeline": {
        "stages": ["data_validation", "feature_engineering", "model_training", "model_testing"],
        # model.py is only partly covered by the project's one test.
        "stage_options": {"model_testing": {"min_coverage": 0.2}},
    },
    "testing": {
        "categories": ["unit_test", "integration_test", "data_test", "model_test", "fairness_test", "security_test"],
        "thresholds": {"recall": 0.8, "f1": 0.8, "false_positive_rate": 0.05},
    },
    "monitoring": {},
    "alerting": {},
}


def write_project(root: Path) -> None:
    """The project's files below ``root``; its data is made by the first run."""
    folder = root / "projects" / NAME
    (folder / "tests").mkdir(parents=True)
    (folder / "simulate.py").write_text(SIMULATE)
    (folder / "model.py").write_text(MODEL)
    (folder / "tests" / "test_simulate.py").write_text(TESTS)


def project_of(root: Path, spec: dict[str, Any] = SPEC, contract: dict[str, Any] = CONTRACT) -> Project:
    """The project as compiled, with its digests as they are on disk now."""
    folder = root / "projects" / NAME
    code = {path.relative_to(folder).as_posix(): digest_bytes(path.read_bytes()) for path in folder.rglob("*.py")}
    parsed = ProjectSpec.model_validate(spec)
    platform = PlatformSpec.model_validate(
        {"clusters": {"here": {"kind": "local"}}, "environments": {"staging": {"cluster": "here"}}}
    )
    staging = Environment("staging", platform.environments["staging"], platform.clusters["here"], parsed, None)
    md5 = pointer_md5(folder / "data" / "loans.csv")
    data = f"md5:{md5}" if md5 else ""
    return Project(NAME, parsed, DataContract.model_validate(contract), platform, (staging,), data, digest_of(code))


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with some keys of nested mappings replaced: ``changed(SPEC, testing={"thresholds": {}})``."""
    result = dict(base)
    for key, value in changes.items():
        before = result.get(key)
        result[key] = changed(before, **value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def services_of(root: Path, worker: tuple[str, ...] = DEFAULT_WORKER, grace_s: float = 1.0) -> RunServices:
    """The real adapters, on a state folder below ``root``."""
    state = root / ".mlops-gitops"
    return RunServices(
        root=root,
        cache=FolderStageCache(state / "cache"),
        processes=LocalProcesses(grace_s),
        tracking=MlflowTracking(state / "mlflow"),
        runs=FolderRunStore(state / "runs"),
        clock=SystemClock(),
        data=DvcDataStore(root),
        models=FolderModelStore(state / "models"),
        worker=worker,
    )


def quiet(_: str) -> None:
    """A ``say`` for tests that do not look at the lines."""


Say = Callable[[str], None]
