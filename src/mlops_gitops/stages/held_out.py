"""A package on held-out rows: labels, scores and decisions, and how it does beside the version that serves today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.modeltests.confusion import Bools, Confusion, Floats
from mlops_gitops.pipeline.stage import StageInput
from mlops_gitops.stages.model_package import InputError, load_package

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Judged:
    """One package on the test rows."""

    rows: pd.DataFrame
    labels: Bools
    scores: Floats
    decisions: Bools

    @property
    def counts(self) -> Confusion:
        """Its confusion matrix."""
        return Confusion.of(self.labels, self.decisions)


def judge(given: StageInput, name: str = "package") -> Judged:
    """The package of an input on the test part; raises ``OutsideError`` where it cannot take those rows."""
    import pandas as pd

    from mlops_gitops.stages.splitting import positives

    package = load_package(given.inputs[name], None)
    rows = pd.read_parquet(given.inputs["test"])
    try:
        scores = package.score(rows)
    except (InputError, KeyError) as error:
        raise OutsideError(
            "the package cannot take the test rows", where=str(given.inputs[name]), why=str(error)
        ) from error
    labels = positives(rows[given.project.contract.label], given.project.contract)
    return Judged(rows, labels, scores, scores >= package.manifest.threshold)


def against_serving(given: StageInput) -> tuple[Judged | None, str]:
    """The serving version on the same rows; nothing, with the reason, where there is none that can be compared."""
    if "serving" not in given.inputs:
        return None, "nothing serves yet, or its package is not on this machine"
    try:
        return judge(given, "serving"), ""
    except OutsideError as error:
        return None, f"the serving version cannot take these rows: {error.why}"


def paired(mine: Judged, serving: Judged) -> dict[str, Any]:
    """Both versions on the same rows: accuracy and F1 of each, and McNemar's p-value of their right decisions."""
    import numpy as np

    from mlops_gitops.detector.paired import mcnemar_p

    right, former = mine.decisions == mine.labels, serving.decisions == serving.labels
    p = mcnemar_p(int(np.count_nonzero(right & ~former)), int(np.count_nonzero(former & ~right)))
    return {
        "accuracy": [float(former.mean()), float(right.mean())],
        "f1_score": [serving.counts.f1, mine.counts.f1],
        "p_value": p,
    }
