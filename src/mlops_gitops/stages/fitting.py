"""The work of model_training: call the project's ``train``, measure the result, write the model package.

The threshold is chosen on the validation part; the test part is scored once, for the detector's baseline, and takes
no part in any choice.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_gitops.detector.baseline import build_baseline
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.modeltests.confusion import Bools, Confusion, Floats, best_threshold
from mlops_gitops.pipeline.stage import Measurement, StageInput
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.stages import checkpoints, plugins
from mlops_gitops.stages.model_features import manifest_features
from mlops_gitops.stages.model_package import Manifest, write_package
from mlops_gitops.stages.primary_metric import primary_metric
from mlops_gitops.stages.splitting import positives

GAP_ROWS = 100_000
"""The training part is scored on at most this many rows, evenly taken: the gap needs no more."""
_FRAMEWORKS = {"sklearn": "scikit-learn", "keras": "keras"}
LIBRARIES = ("joblib", "numpy", "pandas", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one part, and which of them are positive."""

    frame: pd.DataFrame
    labels: Bools


def fit_and_package(given: StageInput) -> Measurement:
    """Fit, choose the threshold, measure, package; raises ``UsageError`` where the fitted thing is no classifier."""
    project, contract, training = given.project, given.project.contract, given.project.spec.training
    train, validation, test = (_read(given.inputs[name], contract) for name in ("train", "validation", "test"))
    features: list[str] = json.loads(given.inputs["features"].read_text(encoding="utf-8"))["kept"]
    fit = _fitter(given)
    saved = checkpoints.of_training(project, fit)
    estimator = fit(
        train.frame, validation.frame,
        label=contract.label, features=features, parameters=_parameters(given), seed=training.seed, **saved.arguments,
    )  # fmt: skip
    score = _scorer(estimator, contract, features)
    validation_scores, test_scores = score(validation.frame), score(test.frame)
    threshold = _threshold(given, validation.labels, validation_scores)
    tested = Confusion.of(test.labels, test_scores >= threshold)
    manifest = Manifest(
        project=project.name,
        framework=_FRAMEWORKS[training.framework],
        features=manifest_features(contract, features),
        label=contract.label,
        positive=contract.positive,
        threshold=threshold,
        entrypoint=training.entrypoint,
        seed=training.seed,
        metrics=tested.metrics(),
        python=platform.python_version(),
        libraries=_pins(),
        example=json.loads(test.frame[features].iloc[:1].to_json(orient="records", date_format="iso"))[0],
    )
    saved_model = _saved_model(given, estimator, validation.frame[features], validation_scores)
    digest = write_package(
        given.out / "package",
        estimator=estimator,
        manifest=manifest,
        code=plugins.code_snapshot(given.folder),
        baseline=_baseline(test, features, test_scores, threshold, contract),
        requirements="".join(f"{name}=={pin}\n" for name, pin in _pins().items()),
        saved_model=saved_model,
    )
    saved.drop()
    np.save(given.out / "test_scores.npy", test_scores)
    history = [dict(row) for row in getattr(estimator, "history_", ())]
    (given.out / "history.json").write_text(json.dumps(history), encoding="utf-8")
    primary = primary_metric(project, train.labels)
    numbers, warnings = _measure(primary, train, validation, validation_scores, score, threshold, history)
    return Measurement(
        metrics=numbers,
        outputs={"package": "package", "history": "history.json", "test_scores": "test_scores.npy"},
        details={"package_digest": digest, "features": features, "primary_metric": primary},
        warnings=(*saved.warnings, *warnings),
    )


def _parameters(given: StageInput) -> dict[str, Any]:
    """What the project's function is called with: for Keras also how to fit, below what the project wrote itself."""
    training = given.project.spec.training
    fitting = training.fitting.model_dump(mode="json") if training.framework == "keras" else {}
    return {**fitting, **training.parameters}


def _read(path: Path, contract: DataContract) -> _Part:
    frame = pd.read_parquet(path)
    return _Part(frame, positives(frame[contract.label], contract))


def _fitter(given: StageInput) -> Callable[..., Any]:
    found = plugins.entrypoint(given.folder, given.project.spec.training.entrypoint, default="model:train")
    if found is not None:
        return found
    from mlops_gitops.stages import builtin_model

    return builtin_model.train


def _scorer(estimator: Any, contract: DataContract, features: Sequence[str]) -> Callable[[pd.DataFrame], Floats]:
    classes = list(getattr(estimator, "classes_", ()))
    if not hasattr(estimator, "predict_proba") or contract.positive not in classes:
        raise UsageError(
            "the training function's result cannot be used",
            why=f"it is a {type(estimator).__name__} with classes {classes}; {contract.positive!r} is the positive one",
            todo="return a fitted classifier with predict_proba that has seen the positive label",
        )
    column = classes.index(contract.positive)
    return lambda frame: np.asarray(estimator.predict_proba(frame[list(features)])[:, column], dtype=np.float64)


def _saved_model(given: StageInput, estimator: Any, rows: pd.DataFrame, scores: Floats) -> Path | None:
    """What TensorFlow Serving will load, where an environment serves with it."""
    if not given.project.exports_saved_model:
        return None
    from mlops_gitops.stages import saved_model

    folder = given.out / saved_model.FOLDER
    saved_model.export(estimator, folder, rows, scores)
    return folder


def _threshold(given: StageInput, labels: Bools, scores: Floats) -> float:
    """The project's own choice where its training module has one, else the highest F1."""
    module = given.project.spec.training.entrypoint.partition(":")[0]
    choose = plugins.optional(given.folder, module, "choose_threshold") or best_threshold
    threshold = float(choose(labels, scores))
    if not 0.0 <= threshold <= 1.0:
        raise UsageError(f"choose_threshold gave {threshold}", todo="return a score between 0 and 1")
    return threshold


def _measure(
    primary: str, train: _Part, validation: _Part, scores: Floats, score: Callable[[pd.DataFrame], Floats],
    threshold: float, history: Sequence[dict[str, float]],
) -> tuple[dict[str, float], tuple[str, ...]]:  # fmt: skip
    every = max(1, -(-len(train.frame) // GAP_ROWS))
    fitted = Confusion.of(train.labels[::every], score(train.frame[::every]) >= threshold).metrics()
    held_out = Confusion.of(validation.labels, scores >= threshold).metrics()
    naive = naive_baseline(float(train.labels.mean()), float(validation.labels.mean()), primary)
    numbers = {f"validation_{name}": value for name, value in held_out.items()} | {
        "threshold": threshold,
        f"train_{primary}": fitted[primary],
        "naive_baseline": naive,
        "gain_over_baseline": (held_out[primary] - naive) / naive,
        "overfit_gap": (fitted[primary] - held_out[primary]) / max(fitted[primary], 1e-12),
    }
    losses = np.array([row.get("validation_loss", np.nan) for row in history], dtype=float)
    if losses.size < 2 or not np.isfinite(losses).all():
        return numbers, ("the model has no history_ of losses: whether it converged was not measured",)
    return numbers | {"iterations": float(losses.size - 1), "late_improvement": late_improvement(losses)}, ()


def naive_baseline(trained_share: float, share: float, metric: str) -> float:
    """The better of guessing the majority class and guessing positive with the training part's share of positives.

    ``share`` is the positives' share where the guess is judged, both shares strictly between 0 and 1.  Stratified
    guessing has precision ``share`` and recall ``trained_share``.
    """
    majority_positive = trained_share > 0.5
    if metric == "recall":
        return trained_share if not majority_positive else 1.0
    if metric == "precision":
        return share
    if metric == "f1_score":
        stratified = 2 * share * trained_share / (share + trained_share)
        return max(stratified, 2 * share / (1 + share) if majority_positive else 0.0)
    stratified = share * trained_share + (1 - share) * (1 - trained_share)
    return max(stratified, share if majority_positive else 1 - share)


def late_improvement(losses: Floats) -> float:
    """By which share the best loss so far still fell over the last tenth of the iterations; 1.0 where it never fell."""
    best = np.minimum.accumulate(losses)
    if best[-1] >= losses[0]:
        return 1.0
    before = best[-1 - max(1, losses.size // 10)]
    return float((before - best[-1]) / max(abs(before), 1e-12))


def _baseline(test: _Part, features: Sequence[str], scores: Floats, threshold: float, contract: DataContract) -> bytes:
    kinds = {column.name: column.type for column in contract.columns if column.type in ("int", "float", "category")}
    columns = {name: test.frame[name] for name in features if name in kinds}
    return build_baseline(columns, kinds, scores, test.labels.astype(np.int64), threshold).to_bytes()


def _pins() -> dict[str, str]:
    """Installed versions of what it takes to load and run the model."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
