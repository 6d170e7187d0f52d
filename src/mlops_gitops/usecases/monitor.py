"""The continuous monitor: round after round, the rows that were served lately against the served version's baseline.

It needs no repository: what it looks for comes from the rendered configuration that is mounted beside it, so a commit
decides what is monitored, too.  Rows of other versions are left out: right after a release both answer.

It also attacks: rows that were served as positive are changed a little, as the security test does, and how many of them
change their prediction is the attack's success on what is really asked, not on last year's test part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlops_gitops.detector.baseline import Baseline
from mlops_gitops.detector.rules import Rules
from mlops_gitops.detector.verdict import Batch, Subject, judge
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.inference_log import InferenceHistory
from mlops_gitops.ports.model_store import ModelStore
from mlops_gitops.records.verdict import Verdict
from mlops_gitops.spec.monitoring import DriftDetection, RegressionDetection
from mlops_gitops.stages.model_package import InputError, load_package


class MonitorConfig(BaseModel):
    """The rendered ``detector.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str
    environment: str
    model_version: int | None
    model_digest: str | None
    metrics: dict[str, Any] = Field(default_factory=dict)
    regression_detection: RegressionDetection
    drift_detection: DriftDetection

    @classmethod
    def parse(cls, content: bytes, where: str) -> MonitorConfig:
        """Read the file's bytes; raises ``OutsideError`` that says what is wrong with them."""
        try:
            return cls.model_validate(json.loads(content))
        except ValueError as error:
            todo = "render again; the monitor and the compiler must be of one version"
            what = "the monitor's configuration cannot be read"
            raise OutsideError(what, where=where, why=_why(error), todo=todo) from error


def _why(error: ValueError) -> str:
    """What is wrong and at which key, in a line."""
    if not isinstance(error, ValidationError):
        return str(error)
    wrong = ((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
    return "; ".join(f"{key}: {message}" if key else message for key, message in wrong)


ATTACKED_ROWS = 100
"""The attack is tried on at most this many of the rows that were served as positive, evenly taken."""


@dataclass(frozen=True, slots=True)
class Served:
    """The rows of the monitored version in the window that ends now."""

    columns: Mapping[str, Sequence[Any]]
    scores: Sequence[float]


class Monitor:
    """One served version's monitor; the model is read once."""

    def __init__(self, config: MonitorConfig, models: ModelStore) -> None:
        if config.model_digest is None or config.model_version is None:
            raise OutsideError(f"nothing is released to {config.environment}", todo="release a version first")
        package = load_package(models.path(config.model_digest), config.model_digest)
        self._model = package
        self._baseline = Baseline.from_bytes(package.baseline)
        self._features = package.manifest.feature_names()
        self._config = config
        self._subject = Subject(config.project, config.environment, config.model_version, config.model_digest)
        self._rules = Rules((), {}, (), config.regression_detection, config.drift_detection)

    def round(self, history: InferenceHistory, now: datetime) -> Verdict:
        """Judge the window that ends now; NOT ENOUGH DATA where too little was asked."""
        return self.judge(self.served(history, now))

    def served(self, history: InferenceHistory, now: datetime) -> Served:
        """What the window that ends now holds of the monitored version."""
        rows = history.read(self._config.project, now - self._config.drift_detection.window, now)
        mine = [index for index, version in enumerate(rows.model_versions) if version == self._config.model_version]
        columns = {
            name: [values[index] for index in mine]
            for name in self._features
            if (values := rows.features.get(name)) is not None
        }
        columns |= {name: [None] * len(mine) for name in self._features if name not in columns}
        return Served(columns, [rows.scores[index] for index in mine])

    def judge(self, served: Served) -> Verdict:
        """The rows against the baseline."""
        batch = Batch(len(served.scores), served.columns, served.scores)
        return judge(self._subject, self._baseline, batch, self._rules)

    def attack(self, served: Served) -> float | None:
        """Share of the attacked rows that change their prediction.

        Nothing where fewer positives were served than a verdict needs rows, or the model takes no numbers, or not them.
        """
        import numpy as np

        from mlops_gitops.modeltests.perturbation import attack, spreads

        threshold = self._model.manifest.threshold
        positive = [index for index, score in enumerate(served.scores) if score >= threshold]
        columns = tuple(one for one in self._model.manifest.features if one.type in ("int", "float"))
        if len(positive) < self._config.regression_detection.min_samples or not columns:
            return None
        try:
            frame = self._model.cast(served.columns)
        except InputError:
            return None
        rows = frame.iloc[positive[:: -(-len(positive) // ATTACKED_ROWS)]]
        lowest = attack(rows, columns, spreads(frame, columns), self._model.score)
        return float(np.mean(lowest < threshold))
