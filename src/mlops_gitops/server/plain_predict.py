"""The plain form, ``POST /predict``: rows as objects in, a score and a label a row out.

Pure translation between its JSON and a ``Batch``; a row names every column of the model, ``null`` where a value is
missing.
"""

from __future__ import annotations

from typing import Any

from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.http_json import RequestError
from mlops_gitops.stages.package_manifest import Manifest


def read_predict(payload: dict[str, Any], manifest: Manifest, max_rows: int) -> Batch:
    """A ``{"rows": [{column: value}]}`` request; raises ``RequestError``."""
    rows = payload.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= max_rows:
        raise RequestError(f'rows is not a list of 1 to {max_rows} rows; send {{"rows": [{{"column": value}}]}}')
    names = manifest.feature_names()
    wanted = frozenset(names)
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RequestError(f"row {index} is not an object")
        if not wanted <= row.keys():
            missing = next(name for name in names if name not in row)
            raise RequestError(f'row {index}: missing column "{missing}"')
    return Batch(len(rows), {name: [row[name] for row in rows] for name in names})


def write_predict(scored: Scored, version: int) -> dict[str, Any]:
    """The answer: ``label`` is 1 for the positive class, else 0."""
    pairs = zip(scored.scores.tolist(), scored.predictions.tolist(), strict=True)
    return {"predictions": [{"score": score, "label": label} for score, label in pairs], "model_version": version}
