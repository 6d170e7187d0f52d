"""The fraud model: gradient-boosted trees on the raw columns of one transaction.

The plug-in that the platform calls. `train` gets the rows that come first in time and the validation rows after them,
stops when the loss on the validation rows no longer falls, and returns a scikit-learn pipeline that takes a table of
the raw feature columns. `choose_threshold` picks the score at which a transaction is called fraud.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

PARAMETERS: Mapping[str, Any] = {
    "learning_rate": 0.15,
    "max_iter": 400,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 60,
    "l2_regularization": 10.0,
    "n_iter_no_change": 10,
    "tol": 0.0,
}


def train(
    train: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    label: str,
    features: Sequence[str],
    parameters: Mapping[str, object],
    seed: int,
) -> Pipeline:
    """Fit on `train`, stop early on `validation`; both hold the `features` and the 0/1 `label`.

    `parameters` replaces some of `PARAMETERS`; an unknown name is a ValueError that lists the legal ones. The returned
    pipeline holds the iterations up to the lowest validation loss. Its `history_` lists iteration, train_loss and
    validation_loss (mean log loss) of all that were tried, from the constant model (iteration 0) on. The same rows and
    seed give the same model.
    """
    settings = _settings(parameters)
    columns = list(features)
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(train[name])]
    encode = _encoder(words)
    rows, checks = encode.fit_transform(train[columns]), encode.transform(validation[columns])
    # The encoder puts the word columns first.
    coded = np.arange(len(columns)) < len(words)
    boost = HistGradientBoostingClassifier(
        early_stopping=True, categorical_features=coded, random_state=seed, **settings
    )
    boost.fit(rows, train[label], X_val=checks, y_val=validation[label])
    history = _history(boost)
    best = max(1, min(range(len(history)), key=lambda number: history[number]["validation_loss"]))
    if best < boost.n_iter_:
        # scikit-learn keeps the iterations after the best one; growing the same trees again up to it drops them.
        boost = clone(boost).set_params(early_stopping=False, max_iter=best).fit(rows, train[label])
    pipeline = Pipeline([("encode", encode), ("boost", boost)])
    pipeline.history_ = history
    return pipeline


def choose_threshold(y: ArrayLike, scores: ArrayLike) -> float:
    """Return the threshold with the highest F1 on labels `y` (0/1, shape (n,)) and `scores` (shape (n,)).

    A row is positive where its score is at or above the threshold, which lies half way between two scores that were
    seen. Of equal F1 the highest threshold wins. Raises ValueError if no label is positive.
    """
    truth, values = np.asarray(y, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    if not truth.any():
        raise ValueError("choose_threshold needs at least one positive label")
    order = np.argsort(-values, kind="stable")
    truth, values = truth[order], values[order]
    hits, called = np.cumsum(truth), np.arange(1, len(truth) + 1)
    f1 = 2 * hits / (called + truth.sum())
    # Equal scores cannot be told apart: a cut is possible only behind the last of them.
    possible = np.append(values[:-1] > values[1:], True)
    cut = int(np.argmax(np.where(possible, f1, -1.0)))
    below = values[cut + 1] if cut + 1 < len(values) else values[cut]
    return float((values[cut] + below) / 2)


def _settings(parameters: Mapping[str, object]) -> dict[str, Any]:
    unknown = sorted(set(parameters) - set(PARAMETERS))
    if unknown:
        raise ValueError(f"unknown parameters: {', '.join(unknown)}; legal are {', '.join(PARAMETERS)}")
    return {**PARAMETERS, **parameters}


def _encoder(words: list[str]) -> ColumnTransformer:
    """Words to whole numbers; one that training never saw counts as missing, which the trees know how to send."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    return ColumnTransformer([("words", codes, words)], remainder="passthrough", verbose_feature_names_out=False)


def _history(boost: HistGradientBoostingClassifier) -> list[dict[str, float]]:
    # scikit-learn keeps scores, the loss with its sign turned.
    losses = zip(-boost.train_score_, -boost.validation_score_, strict=True)
    return [
        {"iteration": number, "train_loss": float(fitted), "validation_loss": float(held_out)}
        for number, (fitted, held_out) in enumerate(losses)
    ]
