"""The baseline: what a model version saw and scored when it was judged, small enough to travel inside its package.

``build_baseline`` makes it from the rows of the test part.  As bytes it is an ``.npz`` archive that numpy can open: a
JSON header and, for each numeric column, its distinct values and how often each is kept.  The same baseline gives the
same bytes anywhere (nothing is compressed, every date is fixed), and the archive's comment holds the SHA-256 of all
that stands before it, so that damage is found before anything is parsed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_gitops.detector.columns import Values
from mlops_gitops.detector.confusion import Confusion, as_flags
from mlops_gitops.detector.references import CategoryReference, NumericReference, Reference
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.canonical import canonical_json

FORMAT = 1
_DIGEST_LENGTH = 64
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """References of all feature columns and of the scores, and the counts at the model's threshold."""

    columns: Mapping[str, Reference]
    scores: NumericReference
    threshold: float
    confusion: Confusion

    @property
    def samples(self) -> int:
        """Rows it was made from."""
        return self.confusion.rows

    @property
    def metrics(self) -> dict[str, float]:
        """Metric values on those rows."""
        return self.confusion.metrics

    def to_bytes(self) -> bytes:
        """The archive's bytes, the same for the same baseline."""
        columns = [{"name": name, **_described(reference)} for name, reference in self.columns.items()]
        counts = self.confusion
        header = {
            "format": FORMAT,
            "threshold": self.threshold,
            "confusion": {field: getattr(counts, field) for field in Confusion.__slots__},
            "metrics": self.metrics,  # for people who open the file; reading it back counts anew
            "columns": columns,
            "scores": _described(self.scores),
        }
        members: dict[str, NDArray[Any]] = {"header": np.frombuffer(canonical_json(header), dtype=np.uint8)}
        for position, reference in enumerate([*self.columns.values(), self.scores]):
            if isinstance(reference, NumericReference):
                values, repeats = np.unique(reference.values, return_counts=True)
                members |= {f"values_{position}": values, f"repeats_{position}": repeats.astype(np.int64)}
        return _archive(members)

    @classmethod
    def from_bytes(cls, content: bytes) -> Baseline:
        """Read ``to_bytes``; raises ``OutsideError`` on a damaged or foreign file."""
        body, digest = content[:-_DIGEST_LENGTH], content[-_DIGEST_LENGTH:]
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise _damaged("its checksum does not fit its content")
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                members = {name: archive[name] for name in archive.files}
            return _read(json.loads(members["header"].tobytes()), members)
        except (zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
            raise _damaged(str(error)) from error


def build_baseline(
    columns: Mapping[str, Values], kinds: Mapping[str, str], scores: Values, labels: Values, threshold: float
) -> Baseline:
    """Make a baseline of ``columns`` (name → one value a row).

    A pandas frame is such a mapping, too.  ``kinds`` gives each column's type in the data contract's words (``int``,
    ``float``, ``category``); ``labels`` are 0 or 1, 1 for positive; a row is called positive at a score ≥
    ``threshold``.  Raises ``ValueError`` on a column without a kind or with another length, on labels that are not 0
    or 1, and on scores that are not finite.
    """
    if untyped := [name for name in columns if name not in kinds]:
        raise ValueError(f"no type given for {', '.join(untyped)}")
    references = {name: _reference(name, kinds[name], values) for name, values in columns.items()}
    truth = as_flags("labels", np.asarray(labels))
    given = np.asarray(scores, dtype=np.float64)
    if not truth.size or not np.isfinite(given).all():
        raise ValueError("a baseline needs at least one row, and a finite score for each")
    for name, reference in references.items():
        if reference.samples != truth.size:
            raise ValueError(f"column {name} has {reference.samples} rows, the labels have {truth.size}")
    return Baseline(
        references, NumericReference.of("score", given), float(threshold), Confusion.of(truth, given >= threshold)
    )


def _reference(name: str, kind: str, values: Values) -> Reference:
    if kind == "category":
        return CategoryReference.of(name, values)
    if kind in ("int", "float"):
        return NumericReference.of(name, values)
    raise ValueError(f"column {name} is of type {kind}: a baseline holds int, float and category columns")


def _described(reference: Reference) -> dict[str, Any]:
    if isinstance(reference, CategoryReference):
        return {"kind": "category", "levels": dict(reference.levels), "missing": reference.missing}
    return {"kind": "number", "samples": reference.samples, "missing": reference.missing}


def _read(header: dict[str, Any], members: Mapping[str, NDArray[Any]]) -> Baseline:
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']!r}; this version reads format {FORMAT}")
    described = [*header["columns"], header["scores"]]
    references = [_restored(position, row, members) for position, row in enumerate(described)]
    *columns, scores = references
    if not isinstance(scores, NumericReference):
        raise ValueError("the scores are not numbers")
    named = {row["name"]: reference for row, reference in zip(header["columns"], columns, strict=True)}
    return Baseline(named, scores, float(header["threshold"]), Confusion(**header["confusion"]))


def _restored(position: int, row: Mapping[str, Any], members: Mapping[str, NDArray[Any]]) -> Reference:
    if row["kind"] == "category":
        return CategoryReference(row["levels"], row["missing"])
    values = np.repeat(members[f"values_{position}"].astype(np.float64), members[f"repeats_{position}"])
    values.setflags(write=False)
    return NumericReference(values, row["samples"], row["missing"])


def _archive(members: Mapping[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in members.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.create_system = 3  # otherwise the machine's own system is written
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
        archive.comment = b"0" * _DIGEST_LENGTH
    body = buffer.getvalue()[:-_DIGEST_LENGTH]
    return body + hashlib.sha256(body).hexdigest().encode()


def _damaged(why: str) -> OutsideError:
    return OutsideError(
        "the detector baseline of a model package cannot be read",
        why=why,
        todo="fetch the model package anew, or train and register the version again",
    )
