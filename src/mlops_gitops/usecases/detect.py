"""Detection, end to end: rows go through the served endpoint, and the answers are judged against the served version.

``detect_regression`` needs labels and asks the endpoint itself, so that what is judged is what customers get.  Where
the release names the version before it, that one scores the same rows, so that the verdict can say whether going back
would help.  ``detect_drift`` needs neither labels nor the endpoint: rows of a file, or what the inference log holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.baseline import Baseline
from mlops_gitops.detector.confusion import Confusion
from mlops_gitops.detector.paired import compare_former, paired_metric
from mlops_gitops.detector.rules import Rules
from mlops_gitops.detector.verdict import Batch, Subject, judge, with_former, with_reason
from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.ports.endpoint import Endpoint, Inference
from mlops_gitops.ports.model_store import ModelStore
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release, ReleasedModel
from mlops_gitops.records.verdict import Verdict
from mlops_gitops.stages.model_package import LoadedModel, Manifest, load_package
from mlops_gitops.stages.package_columns import cast_columns

if TYPE_CHECKING:
    import pandas as pd

Say = Callable[[str], None]


def detect_regression(
    frame: pd.DataFrame,
    *,
    project: Project,
    environment: Environment,
    endpoint: Endpoint,
    base_url: str,
    models: ModelStore,
    say: Say,
) -> Verdict:
    """Judge a labelled batch: metrics, gates, drift of features and scores, and the former version on the same rows.

    ``frame`` holds the columns of the data contract; rows whose label is missing count for drift only.  Raises
    ``UsageError`` where the batch is empty, lacks a column or holds values that the model cannot take, or nothing is
    released; ``OutsideError`` where the endpoint or a model package fails, or another version answers than the one
    that is released.
    """
    released = _released(project, environment)
    model = _load(models, released.model)
    labelled, truth = _read_labels(frame, model.manifest)
    rows = cast_columns(frame, model.manifest.features)
    say(f"sending {len(rows)} rows to {base_url}")
    answer = endpoint.infer(base_url, project.name, _payload(rows), len(rows))
    _check_version(answer, released, base_url)
    say(f"{len(answer.latencies_s)} requests answered, {answer.failures} repeated; judging")
    batch = Batch(
        len(rows),
        {name: rows[name] for name in model.manifest.feature_names()},
        answer.scores,
        Confusion.of(truth, answer.predictions[labelled]),
    )
    rules = Rules.of(environment.spec)
    verdict = judge(_subject(project, environment, released), _baseline(model, batch.columns), batch, rules)
    if released.previous is None:
        return verdict
    significance = rules.regression.statistical_significance
    return _compare_with_former(
        verdict, released.previous, models, frame[labelled], truth, answer.predictions[labelled], significance
    )


def detect_drift(
    columns: pd.DataFrame | Mapping[str, Any],
    scores: NDArray[np.float64] | None,
    *,
    project: Project,
    environment: Environment,
    models: ModelStore,
    say: Say,
) -> Verdict:
    """Judge unlabelled rows for drift, with their served scores where they are known.

    The rows need not be ones that the model would take: a category that it never saw, or a column that went missing,
    is what is looked for.  Raises as ``detect_regression`` does, the endpoint aside.
    """
    released = _released(project, environment)
    model = _load(models, released.model)
    names = model.manifest.feature_names()
    lacking = [name for name in names if name not in columns]
    if lacking:
        raise UsageError(f"the batch lacks {', '.join(lacking)}", todo="give every feature column of the model")
    rows = len(columns[names[0]])
    if not rows:
        raise UsageError("the batch is empty", todo="give at least one row")
    say(f"comparing {len(names)} columns of {rows} rows with the baseline of version {released.model.version}")
    batch = Batch(rows, {name: columns[name] for name in names}, scores)
    try:
        return judge(
            _subject(project, environment, released), _baseline(model, batch.columns), batch, Rules.of(environment.spec)
        )
    except ValueError as error:
        raise UsageError("the batch cannot be compared with the baseline", why=str(error)) from error


def _released(project: Project, environment: Environment) -> Release:
    if environment.release is None:
        raise UsageError(
            f"{project.name} has no version released to {environment.name}",
            todo="run the pipeline up to model_deployment, or promote a version",
        )
    return environment.release


def _load(models: ModelStore, model: ReleasedModel) -> LoadedModel:
    return load_package(models.path(model.digest), model.digest)


def _subject(project: Project, environment: Environment, release: Release) -> Subject:
    return Subject(project.name, environment.name, release.model.version, release.model.digest)


def _baseline(model: LoadedModel, columns: Mapping[str, Any]) -> Baseline:
    baseline = Baseline.from_bytes(model.baseline)
    unknown = sorted(set(baseline.columns) - set(columns))
    if unknown:
        raise OutsideError(
            f"the model package's baseline has columns that its manifest lacks: {', '.join(unknown)}",
            todo="train and register the version again",
        )
    return baseline


def _read_labels(frame: pd.DataFrame, manifest: Manifest) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows have a label, bool[rows], and of those which are positive, bool[labelled]."""
    if frame.empty:
        raise UsageError("the batch is empty", todo="give at least one row")
    if manifest.label not in frame.columns:
        todo = "add the labels, or look for drift alone"
        raise UsageError(f"the batch lacks the label column {manifest.label}", todo=todo)
    labelled = frame[manifest.label].notna().to_numpy(dtype=np.bool_)
    labels = frame[manifest.label][labelled].tolist()
    if not labels:
        todo = "wait for the labels, or look for drift alone"
        raise UsageError(f"no row of the batch has a value in the label column {manifest.label}", todo=todo)
    # "1" is not 1: without this check every row would count as negative.
    if {isinstance(label, str) for label in set(labels)} != {isinstance(manifest.positive, str)}:
        raise UsageError(
            f"the label column {manifest.label} holds other values than in training",
            why=f"positive was {manifest.positive!r}; the batch has {sorted(map(repr, set(labels)))[:5]}",
        )
    return labelled, np.array([label == manifest.positive for label in labels], dtype=np.bool_)


def _payload(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as plain values for the wire: times as ISO 8601 text, ``None`` where a value is missing."""
    payload = {}
    for name in rows:
        column = rows[name]
        if column.dtype.kind == "M":
            column = column.map(lambda moment: moment.isoformat(), na_action="ignore")
        payload[str(name)] = column.astype(object).where(column.notna(), None).tolist()
    return payload


def _check_version(answer: Inference, release: Release, base_url: str) -> None:
    if answer.model_version != str(release.model.version):
        raise OutsideError(
            f"version {answer.model_version} answers, but version {release.model.version} is released",
            where=base_url,
            todo=f"reconcile {release.environment} first",
        )


def _compare_with_former(
    verdict: Verdict,
    former: ReleasedModel,
    models: ModelStore,
    rows: pd.DataFrame,
    truth: NDArray[np.bool_],
    predictions: NDArray[np.int64],
    significance: float,
) -> Verdict:
    try:
        decisions = _load(models, former).predict(rows)
    except (OutsideError, RefusedError, UsageError) as error:
        # The verdict on the served version stands without it; whoever acts on it must know what is missing.
        why = f": {error.why}" if error.why else ""
        return with_reason(verdict, f"Version {former.version} could not be compared: {error.what}{why}.")
    worse = [change.name for change in verdict.metrics if change.regressed]
    comparison = compare_former(
        paired_metric(worse),
        truth,
        predictions,
        decisions,
        former_version=former.version,
        significance=significance,
    )
    return verdict if comparison is None else with_former(verdict, comparison)
