"""The model of a project that brings none: gradient-boosted trees of scikit-learn on the raw columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlops_gitops.diagnostics import UsageError

PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.1,
    "max_iter": 300,
    "max_leaf_nodes": 31,
    "min_samples_leaf": 20,
    "l2_regularization": 0.0,
    "n_iter_no_change": 10,
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
    """Fit on ``train``, stop early on ``validation``; ``parameters`` replace some of ``PARAMETERS``.

    Raises ``UsageError`` for an unknown parameter.  The pipeline's ``history_`` lists the losses by iteration.
    """
    unknown = sorted(set(parameters) - set(PARAMETERS))
    if unknown:
        todo = f"legal are {', '.join(PARAMETERS)}"
        raise UsageError(f"unknown training parameters: {', '.join(unknown)}", where="training.parameters", todo=todo)
    columns = list(features)
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(train[name])]
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=200)
    encode = ColumnTransformer([("words", codes, words)], remainder="passthrough", verbose_feature_names_out=False)
    boost = HistGradientBoostingClassifier(
        early_stopping=True,
        categorical_features=np.arange(len(columns)) < len(words),  # the encoder puts the words first
        random_state=seed,
        **{**PARAMETERS, **parameters},
    )
    rows = encode.fit_transform(train[columns])
    boost.fit(rows, train[label], X_val=encode.transform(validation[columns]), y_val=validation[label])
    pipeline = Pipeline([("encode", encode), ("boost", boost)])
    # scikit-learn keeps scores: the loss with its sign turned.
    pipeline.history_ = [
        {"iteration": number, "train_loss": float(fitted), "validation_loss": float(held_out)}
        for number, (fitted, held_out) in enumerate(zip(-boost.train_score_, -boost.validation_score_, strict=True))
    ]
    return pipeline
