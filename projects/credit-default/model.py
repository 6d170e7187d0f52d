"""Probability that a loan is not paid back: a regularised logistic regression that a credit officer can read.

Numbers are standardised after gaps are filled with the median (and marked as gaps), words become one column each; what
an applicant can afford is given as two ratios, because lenders judge by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

C = 0.3


def train(
    train: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    label: str,
    features: Sequence[str],
    parameters: Mapping[str, object],
    seed: int,
) -> Pipeline:
    """Fit on `train`; the pipeline takes raw feature columns. `parameters` may set `C`, the inverse of the penalty."""
    unknown = set(parameters) - {"C"}
    if unknown:
        raise ValueError(f"unknown parameters: {', '.join(sorted(unknown))}; legal is C")
    columns = list(features)
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(train[name])]
    numbers = [name for name in columns if name not in words]
    measure = Pipeline([
        ("ratios", FunctionTransformer(with_ratios)),
        ("gaps", SimpleImputer(strategy="median", add_indicator=True)),
        ("scale", StandardScaler()),
    ])  # fmt: skip
    prepare = ColumnTransformer([
        ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ("numbers", measure, numbers),
    ])  # fmt: skip
    judge = LogisticRegression(C=float(str(parameters.get("C", C))), max_iter=2000, random_state=seed)
    return Pipeline([("prepare", prepare), ("judge", judge)]).fit(train[columns], train[label])


def with_ratios(numbers: pd.DataFrame) -> pd.DataFrame:
    """The numbers, with what is left of the income a month, and the share of the price that is borrowed."""
    result = numbers.copy()
    if {"income", "expenses"} <= set(result):
        result["left_over"] = result["income"] - result["expenses"]
    if {"amount", "price"} <= set(result):
        result["financed"] = result["amount"] / np.maximum(result["price"], 1)
    return result
