"""The model package: a folder that holds all a model needs to answer, known by the digest of its contents.

``model.joblib`` the estimator, ``model.json`` its manifest, ``baseline.npz`` what the detector compares with,
``code/`` the project's modules as they were, ``requirements.txt`` the pins, ``saved_model/`` what TensorFlow Serving
loads (where it is to answer), ``contents.json`` the list that the digest is made of.  A release pins that digest in
git; a package is loaded only when its bytes still have it, for loading a pickle runs code.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from sys import stdlib_module_names
from typing import TYPE_CHECKING, Any

from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.stages.package_code import importable, top_level_names
from mlops_gitops.stages.package_columns import Columns, InputError, cast_columns
from mlops_gitops.stages.package_contents import check_contents, package_digest, write_contents
from mlops_gitops.stages.package_manifest import Feature, Manifest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Feature", "InputError", "LoadedModel", "Manifest", "load_package", "package_digest", "write_package"]

MODEL, MANIFEST, BASELINE, CODE, REQUIREMENTS = "model.joblib", "model.json", "baseline.npz", "code", "requirements.txt"
SAVED_MODEL = "saved_model"

# What unpickling raises on damaged bytes, and importing project code that lacks a module, a name or a bracket.
_LOAD_FAILURES = (
    *(OSError, pickle.UnpicklingError, EOFError, ImportError, SyntaxError),
    *(AttributeError, IndexError, KeyError, TypeError, ValueError),
)


@dataclass(frozen=True)
class LoadedModel:
    """A model that answers; safe to use from several threads as far as its estimator's ``predict_proba`` is."""

    manifest: Manifest
    baseline: bytes
    digest: str
    estimator: Any
    positive_column: int
    """Which column of ``predict_proba`` is the positive class."""

    def cast(self, columns: Columns) -> pd.DataFrame:
        """The rows as the model was trained on them; raises ``InputError`` on rows it cannot take."""
        return cast_columns(columns, self.manifest.features)

    def score_frame(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """The positive class's probability for each row of what ``cast`` gave, float64[n].

        Raises ``OutsideError`` where it is no finite number, and whatever the project's own code raises.
        """
        import numpy as np

        if frame.empty:
            return np.empty(0)
        scores = np.asarray(self.estimator.predict_proba(frame), dtype=np.float64)[:, self.positive_column]
        if not np.isfinite(scores).all():
            row = int((~np.isfinite(scores)).argmax())
            raise OutsideError(f"the model's score of row {row} is {scores[row]}", why="its code gave no finite number")
        return scores

    def score(self, columns: Columns) -> NDArray[np.float64]:
        """``score_frame(cast(columns))``: check, cast and score rows in one step."""
        return self.score_frame(self.cast(columns))

    def decide(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """1 where a score is at or above the threshold, else 0; int64[n]."""
        import numpy as np

        return (scores >= self.manifest.threshold).astype(np.int64)

    def predict(self, columns: Columns) -> NDArray[np.int64]:
        """``decide(score(columns))``."""
        return self.decide(self.score(columns))

    def library_differences(self) -> tuple[str, ...]:
        """Libraries whose installed version is not the one that the model was trained with, one sentence each."""
        found = ((name, trained, _installed(name)) for name, trained in sorted(self.manifest.libraries.items()))
        return tuple(
            f"trained with {name} {trained}, {installed or 'not installed'} here"
            for name, trained, installed in found
            if installed != trained
        )


def write_package(
    folder: Path,
    *,
    estimator: Any,
    manifest: Manifest,
    code: Mapping[str, bytes],
    baseline: bytes,
    requirements: str,
    saved_model: Path | None = None,
) -> str:
    """Write a package into a new or empty folder and return its digest.

    ``code`` maps paths below ``code/`` to bytes; the folder ``saved_model`` is moved in.  Raises ``UsageError`` where
    the estimator cannot be served (no ``predict_proba``, not two classes, the positive one unknown, not picklable) or
    a module's name is Python's own, ``RefusedError`` where the folder holds something, ``OutsideError`` where it
    cannot be written.
    """
    _positive_column(estimator, manifest)
    _check_code(code)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RefusedError("a model package is written into an empty folder", where=str(folder))
        for path, content in code.items():
            (folder / CODE / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / CODE / path).write_bytes(content)
        (folder / MANIFEST).write_bytes(manifest.to_bytes())
        (folder / BASELINE).write_bytes(baseline)
        (folder / REQUIREMENTS).write_text(requirements, encoding="utf-8")
        _dump(estimator, folder / MODEL)
        if saved_model is not None:
            shutil.move(saved_model, folder / SAVED_MODEL)
        return write_contents(folder)
    except OSError as error:
        raise OutsideError("the model package cannot be written", where=str(folder), why=str(error)) from error


def load_package(folder: Path, expected_digest: str | None) -> LoadedModel:
    """Load a package whose contents have ``expected_digest`` (``None``: whatever they are).

    Loading runs the package's code, so the digest, as git pins it, is checked first: ``RefusedError`` names what
    differs.  Raises ``OutsideError`` where the folder or a file is missing or damaged, or its code does not import.
    """
    if expected_digest is not None:
        check_contents(folder, expected_digest)
    digest = expected_digest or package_digest(folder)
    try:
        manifest = Manifest.from_bytes((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))
        baseline = (folder / BASELINE).read_bytes()
    except OSError as error:
        raise OutsideError("the model package is incomplete", where=str(folder), why=str(error)) from error
    estimator = _load(folder)
    return LoadedModel(manifest, baseline, digest, estimator, _positive_column(estimator, manifest))


def _check_code(code: Mapping[str, bytes]) -> None:
    for path in code:
        parts = PurePosixPath(path).parts
        if not parts or PurePosixPath(path).is_absolute() or ".." in parts:
            raise UsageError("a code file's path leaves the package", where=path)
    for name in sorted(top_level_names(list(code)) & stdlib_module_names):
        todo = "rename the module"
        raise UsageError(f"the project's module {name} has the name of one of Python's own", where=name, todo=todo)


def _positive_column(estimator: Any, manifest: Manifest) -> int:
    classes = [getattr(value, "item", lambda value=value: value)() for value in getattr(estimator, "classes_", ())]
    if not hasattr(estimator, "predict_proba") or len(classes) != 2:
        raise UsageError(
            f"a {type(estimator).__name__} cannot be served",
            where=manifest.entrypoint,
            why=f"it has {'' if hasattr(estimator, 'predict_proba') else 'no '}predict_proba and classes {classes}",
            todo="return a fitted classifier of two classes that has predict_proba",
        )
    if manifest.positive not in classes:
        why = f"the label {manifest.label} had {classes[0]!r} and {classes[1]!r} in training"
        raise UsageError(f"the model does not know the positive value {manifest.positive!r}", why=why)
    return classes.index(manifest.positive)


def _dump(estimator: Any, path: Path) -> None:
    import joblib

    try:
        joblib.dump(estimator, path)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        todo = "keep the estimator's classes and functions at the top level of the project's modules, no lambdas"
        raise UsageError("the estimator cannot be pickled", why=str(error), todo=todo) from error


def _load(folder: Path) -> Any:
    import joblib

    try:
        with importable(folder / CODE):
            return joblib.load(folder / MODEL)
    except _LOAD_FAILURES as error:
        todo = "install the versions in requirements.txt; project code must import its own modules at the top"
        raise OutsideError("the model cannot be loaded", where=str(folder), why=str(error), todo=todo) from error


def _installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
