"""The Open Inference Protocol V2, JSON form: one input tensor a feature column, outputs ``score`` and ``prediction``.

Pure translation between its JSON and a ``Batch``.  Shapes are ``[n]`` or ``[n, 1]`` (data flat or nested); ``null``
stands for a missing value.  The binary extension is refused, not ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import Any

from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.http_json import RequestError
from mlops_gitops.stages.package_manifest import FeatureType, Manifest

OUTPUT_DATATYPES = {"score": "FP64", "prediction": "INT64"}
MAX_ID_LENGTH = 256


@dataclass(frozen=True, slots=True)
class _Datatype:
    """What a tensor's data may be: JSON types, exactly (a bool is no int), and for whole numbers their bits."""

    types: frozenset[type]
    bits: int = 0

    def first_misfit(self, values: list[Any]) -> int | None:
        """Row of the first value that does not fit; null always does. One pass in C where all is well."""
        if set(map(type, values)) <= self.types | {NoneType} and not self.bits:
            return None
        return next((row for row, value in enumerate(values) if not self._fits(value)), None)

    def _fits(self, value: Any) -> bool:
        if value is None:
            return True
        bound = 2 ** (self.bits - 1) if self.bits else 0
        return type(value) in self.types and (not self.bits or -bound <= value < bound)


_DATATYPES = {
    "FP64": _Datatype(frozenset({int, float})),
    "FP32": _Datatype(frozenset({int, float})),
    "INT64": _Datatype(frozenset({int}), bits=64),
    "INT32": _Datatype(frozenset({int}), bits=32),
    "BOOL": _Datatype(frozenset({bool})),
    "BYTES": _Datatype(frozenset({str})),
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
    kind = _DATATYPES.get(datatype) if isinstance(datatype, str) else None
    if kind is None:
        raise RequestError(f'input "{name}": unknown datatype {datatype!r}; known are {", ".join(_DATATYPES)}')
    if not isinstance(data, list):
        raise RequestError(f'input "{name}": data is not a list; the binary form is not supported')
    rows = _read_shape(name, shape, max_rows)
    nested = isinstance(data[0], list) if data else False
    values = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in data] if nested else data
    if len(values) != rows:
        raise RequestError(f'input "{name}": the shape says {rows} rows, data has {len(values)}')
    misfit = kind.first_misfit(values)
    if misfit is not None:
        raise RequestError(f'input "{name}", row {misfit}: {str(values[misfit])[:60]!r} is not {datatype}')
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
    asked = outputs if isinstance(outputs, list) else [None]
    names = [output.get("name") if isinstance(output, dict) else None for output in asked]
    for name in names:
        if not isinstance(name, str) or name not in OUTPUT_DATATYPES:
            known = ", ".join(OUTPUT_DATATYPES)
            raise RequestError(f'outputs: {str(name)[:60]!r} is unknown; write [{{"name": …}}], known are {known}')
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
