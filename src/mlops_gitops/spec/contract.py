"""The data contract: what each column is, which one is the label, which columns tell groups apart."""

from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import Bool, Entrypoint, Number, Text
from mlops_gitops.spec.section import Section

Role = Literal["feature", "label", "time", "id", "protected", "unused"]


class Column(Section):
    """One column of the source data."""

    name: Text
    """Its name."""
    type: Literal["int", "float", "category", "time", "id"]
    """What its values are."""
    role: Role = "feature"
    """What it is used for."""
    nullable: Bool = False
    """Whether values may be missing."""
    min: Number | None = None
    """Smallest legal value."""
    max: Number | None = None
    """Largest legal value."""
    values: tuple[Text, ...] = ()
    """Legal values of a category."""
    unit: Text | None = None
    """Unit of the values."""
    description: Text | None = None
    """What it says."""


class DataContract(Section):
    """What a project's source data promises; checked by data_validation and by the served model."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    """Version of this language."""
    source: Text
    """The data file, relative to the project's folder; its pointer is `<source>.dvc`."""
    generator: Entrypoint | None = None
    """`module:function(**arguments)` that makes the source file anew, for simulated data."""
    label: Text
    """The column that is predicted."""
    positive: int | str = 1
    """The label's positive value."""
    time: Text | None = None
    """The column that rows are ordered and split by; absent, the split is random."""
    groups: tuple[Text, ...] = ()
    """Protected attributes whose groups the fairness tests compare."""
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    """All columns of the source, in order."""

    def names(self, role: Role) -> tuple[str, ...]:
        """Columns of one role, in the contract's order."""
        return tuple(column.name for column in self.columns if column.role == role)

    def features(self) -> tuple[Column, ...]:
        """The columns a model may see."""
        return tuple(column for column in self.columns if column.role == "feature")

    def has_numeric_feature(self) -> bool:
        """Whether there is one whose values can be changed a little."""
        return any(column.role == "feature" and column.type in ("int", "float") for column in self.columns)
