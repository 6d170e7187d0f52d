"""The manifest of a model package: what a model wants as input, what it means by its answer, and what it is made of.

``model.json`` in the package.  It holds no path, host or time, so that the same training gives the same bytes, and it
can be read without pandas or scikit-learn: the compiler, an auditor and the server all ask it.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.spec.scalars import Bool, Count, Entrypoint, Fraction, Number, Text
from mlops_gitops.spec.section import Section

FeatureType = Literal["int", "float", "category", "time", "id"]
Scalar = bool | int | float | str | None


class Feature(Section):
    """One input column, as the data contract declares it."""

    name: Text
    """Its name."""
    type: FeatureType
    """What its values are."""
    values: tuple[Text, ...] = ()
    """Legal values of a category; none listed: any text."""
    nullable: Bool = False
    """Whether values may be missing."""
    min: Number | None = None
    """Smallest legal value."""
    max: Number | None = None
    """Largest legal value."""


class Manifest(Section):
    """What stands in ``model.json``."""

    project: Text
    """The project it belongs to; the name it is served under."""
    framework: Text
    """What trained it, like `scikit-learn`."""
    features: Annotated[tuple[Feature, ...], Field(min_length=1)]
    """The input columns, in the order of training."""
    label: Text
    """The column that it predicts."""
    positive: int | str = 1
    """The label's positive value: the score is its probability."""
    threshold: Fraction
    """A row is positive where its score is at or above this."""
    entrypoint: Entrypoint
    """The `module:function` that trained it."""
    seed: Count
    """Of the training."""
    metrics: dict[str, Number] = Field(default_factory=dict)
    """What was measured on the test part."""
    python: Text
    """Version of the interpreter that trained it."""
    libraries: dict[str, str] = Field(default_factory=dict)
    """Distribution name to version, of what the estimator needs to be loaded."""
    example: dict[str, Scalar] = Field(default_factory=dict)
    """One real input row; the server scores it before it calls itself ready."""

    def feature_names(self) -> tuple[str, ...]:
        """The input columns' names, in order."""
        return tuple(feature.name for feature in self.features)

    def to_bytes(self) -> bytes:
        """``model.json``: sorted keys, two spaces, one line break at the end."""
        plain = self.model_dump(mode="json")
        return (json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes, where: str = "model.json") -> Manifest:
        """The reverse of ``to_bytes``; raises ``OutsideError`` on a damaged file."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            why = f"{place}: {first['msg']}" if place else first["msg"]
            raise OutsideError(
                "the model's manifest cannot be read", where=where, why=why, todo="package the model again"
            ) from error
