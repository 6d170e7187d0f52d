"""The Open Inference Protocol V2, JSON form: one input tensor a feature column, outputs ``score`` and ``prediction``.

Pure translation between its JSON and a ``Batch``.  Shapes are ``[n]`` or ``[n, 1]`` (data flat or nested); ``null``
stands for a missing value.  The binary extension is refused, not ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.http_json import RequestError
from mlops_gitops.stages.package_manifest import FeatureType, Manifest

OUTPUT_DATATYPES = {"score": "FP64", "prediction": "INT64"}
MAX_ID_LENGTH = 256


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(bits: int) -> Callable[[Any], bool]:
    bound = 2 ** (bits - 1)
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound


_FITS: dict[str, Callable[[Any], bool]] = {
    "FP64": _is_number,
    "FP32": _is_number,
    "INT64": _is_whole(64),
    "INT32": _is_whole(32),
    "BOOL": lambda value: isinstance(value, bool),
    "BYTES": lambda value: isinstance(value, str),
}
_FEATURE_DATATYPES: dict[FeatureType, str] = {
    "int": "INT64",
    "float": "FP64",
    "category": "BYTES",
    "time": "BYTES",
    "id": "BYTES",
}


def read_infer(payload: dict[str, Any], max_rows: int) -> Batch:
    """An inference request; raises ``RequestError``. Columns are checked against the model later."""
    request_id = payload.get("id", "")
    if not isinstance(request_id, str) or len(request_id) > MAX_ID_LENGTH:
        raise RequestError(f"id is not a text of at most {MAX_ID_LENGTH} characters")
    inputs = payload.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise RequestError('inputs is not a list of tensors; send {"inputs": [{"name", "shape", "datatype", "data"}]}')
    columns: dict[str, list[Any]] = {}
    for tensor in inputs:
        name, data = _read_tensor(tensor, max_rows)
        if name in columns:
            raise RequestError(f'input "{name}" is given twice')
        columns[name] = data
    lengths = {len(data) for data in columns.values()}
    if len(lengths) > 1:
        raise RequestError("inputs differ in their number of rows: " + ", ".join(map(str, sorted(lengths))))
    return Batch(lengths.pop(), columns, request_id, _read_outputs(payload.get("outputs")))


def _read_tensor(tensor: Any, max_rows: int) -> tuple[str, list[Any]]:
    if not isinstance(tensor, dict) or not isinstance(name := tensor.get("name"), str):
        raise RequestError("an input is not an object with a name")
    datatype, shape, data = tensor.get("datatype"), tensor.get("shape"), tensor.get("data")
    fits = _FITS.get(datatype) if isinstance(datatype, str) else None
    if fits is None:
        raise RequestError(f'input "{name}": unknown datatype {datatype!r}; known are {", ".join(_FITS)}')
    if not isinstance(data, list):
        raise RequestError(f'input "{name}": data is not a list; the binary form is not supported')
    rows = _read_shape(name, shape, max_rows)
    values = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in data]
    if len(values) != rows:
        raise RequestError(f'input "{name}": the shape says {rows} rows, data has {len(values)}')
    for row, value in enumerate(values):
        if value is not None and not fits(value):
            raise RequestError(f'input "{name}", row {row}: {str(value)[:60]!r} is not {datatype}')
    return name, values


def _read_shape(name: str, shape: Any, max_rows: int) -> int:
    sizes = shape if isinstance(shape, list) else []
    if not (1 <= len(sizes) <= 2 and all(type(size) is int for size in sizes)) or (len(sizes) == 2 and sizes[1] != 1):
        raise RequestError(f'input "{name}": shape {str(shape)[:60]} is neither [n] nor [n, 1]')
    if not 1 <= sizes[0] <= max_rows:
        raise RequestError(f'input "{name}": {sizes[0]} rows; a request holds 1 to {max_rows}')
    return int(sizes[0])


def _read_outputs(outputs: Any) -> tuple[str, ...]:
    if outputs is None or outputs == []:
        return tuple(OUTPUT_DATATYPES)
    asked = outputs if isinstance(outputs, list) else [outputs]
    names = [output.get("name") if isinstance(output, dict) else output for output in asked]
    for name in names:
        if not isinstance(name, str) or name not in OUTPUT_DATATYPES:
            raise RequestError(f"unknown output {str(name)[:60]!r}; known are {', '.join(OUTPUT_DATATYPES)}")
    return tuple(name for name in OUTPUT_DATATYPES if name in names)


def write_infer(batch: Batch, scored: Scored, model: str, version: int) -> dict[str, Any]:
    """The answer to an inference request; ``model_version`` is text, as the protocol wants it."""
    data = {"score": scored.scores.tolist(), "prediction": scored.predictions.tolist()}
    outputs = [
        {"name": name, "shape": [batch.rows], "datatype": OUTPUT_DATATYPES[name], "data": data[name]}
        for name in batch.outputs
    ]
    return {"model_name": model, "model_version": str(version), "id": batch.request_id, "outputs": outputs}


def metadata(manifest: Manifest, version: int) -> dict[str, Any]:
    """What ``GET /v2/models/{name}`` answers."""
    inputs = [
        {"name": feature.name, "datatype": _FEATURE_DATATYPES[feature.type], "shape": [-1]}
        for feature in manifest.features
    ]
    outputs = [{"name": name, "datatype": datatype, "shape": [-1]} for name, datatype in OUTPUT_DATATYPES.items()]
    return {
        "name": manifest.project,
        "versions": [str(version)],
        "platform": manifest.framework,
        "inputs": inputs,
        "outputs": outputs,
    }
