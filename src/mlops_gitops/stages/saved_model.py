"""The SavedModel of a Keras package: what TensorFlow Serving loads in place of the pickled estimator.

The project's estimator writes it, for only the project knows what comes before its network: ``export_saved_model
(folder)`` writes the SavedModel and returns the names of the columns that its one input takes, in order.  What was
written is loaded again and asked about real rows, because a model that is served must say what was tested.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.modeltests.confusion import Floats

FOLDER, GRAPH = "saved_model", "saved_model.pb"
# Where a SavedModel keeps what is of no concern to TensorFlow.
COLUMNS = "assets.extra/columns.json"
_SIGNATURE = "serving_default"
_ROWS = 256
_TOLERANCE = 1e-4
_HOOK = "export_saved_model"


def export(estimator: Any, folder: Path, frame: pd.DataFrame, scores: Floats) -> None:
    """Have the estimator write its SavedModel into ``folder``, which is made, and check it.

    ``scores`` are the positive class's probabilities of the rows of ``frame``.  Raises ``UsageError`` where the
    estimator has no such method, writes none, or one that does not say the same.
    """
    write = getattr(estimator, _HOOK, None)
    if write is None:
        raise _unusable(
            f"a {type(estimator).__name__} has no {_HOOK}",
            "give the class that the training function returns a method "
            f"{_HOOK}(folder) that writes a SavedModel and returns the names of the columns that it takes, in order",
        )
    folder.mkdir(parents=True)
    columns = write(folder)
    if not (folder / GRAPH).is_file():
        raise _unusable(f"{_HOOK} wrote no {GRAPH}", "write with keras.Model.export(folder)")
    rows = _matrix(frame, columns)
    (folder / COLUMNS).parent.mkdir(exist_ok=True)
    (folder / COLUMNS).write_text(json.dumps(list(columns)) + "\n", encoding="utf-8")
    _says_the_same(folder, rows, scores[: len(rows)])


def _matrix(frame: pd.DataFrame, columns: Any) -> Floats:
    """The rows as the server gets them; shape (at most ``_ROWS``, columns)."""
    named = isinstance(columns, Sequence) and not isinstance(columns, str) and len(columns) > 0
    unknown = [name for name in columns if name not in frame.columns] if named else []
    if not named or unknown:
        found = f"columns that are no features: {', '.join(map(str, unknown))}" if unknown else repr(columns)
        raise _unusable(f"{_HOOK} returned {found}", "return the names of the feature columns that the input takes")
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise _unusable(
            f"columns without numbers: {', '.join(words)}", "leave them out, or serve with fastapi or kserve"
        )
    return np.asarray(frame[list(columns)].iloc[:_ROWS], dtype=np.float64)


def _says_the_same(folder: Path, rows: Floats, scores: Floats) -> None:
    answers = _answers(folder, rows)
    if answers.shape != (len(rows),):
        shape = f"the answers to {len(rows)} rows have the shape {answers.shape}"
        raise _unusable(shape, "let the model answer one probability a row, of the positive class")
    off = float(np.abs(answers - scores).max(initial=0.0))
    if not off <= _TOLERANCE:
        why = f"its answers differ from predict_proba by up to {off:.2g}"
        raise _unusable(why, "export the steps before the network too: raw columns in, probability out")


def _answers(folder: Path, rows: Floats) -> Floats:
    """What a server will answer."""
    import tensorflow as tf

    signatures = tf.saved_model.load(str(folder)).signatures
    if _SIGNATURE not in signatures:
        raise _unusable(f"no signature {_SIGNATURE}", "write with keras.Model.export(folder)")
    signature = signatures[_SIGNATURE]
    inputs = signature.structured_input_signature[1]
    if len(inputs) != 1:
        raise _unusable(
            f"its inputs are {', '.join(inputs)}", "take all columns as one tensor of shape (rows, columns)"
        )
    [(name, wanted)] = inputs.items()
    if not wanted.shape.is_compatible_with((None, rows.shape[1])):
        why = f"its input has the shape {wanted.shape}, and {rows.shape[1]} columns are named"
        raise _unusable(why, "take rows of columns, and bring them into the network's shape inside of the model")
    outputs = list(signature(**{name: tf.convert_to_tensor(rows.astype(wanted.dtype.as_numpy_dtype))}).values())
    answers = np.asarray(outputs[0], dtype=np.float64)
    return answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers


def _unusable(why: str, todo: str) -> UsageError:
    return UsageError("the model cannot be packaged for TensorFlow Serving", why=why, todo=todo)
