"""Policy as data: what the platform team forbids and requires of every project, and who may be excused, until when."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mlops_gitops.spec.places import ImageRegistry
from mlops_gitops.spec.project_info import RiskClass
from mlops_gitops.spec.scalars import Bool, Count, Date, DnsLabel, Int, Number, Retention, Text
from mlops_gitops.spec.section import Section, all_defaults
from mlops_gitops.spec.testing import TestCategory

Level = Literal["error", "warning"]
Value = Bool | Int | Number | Text


def _says_something(value: str) -> str:
    if not value.strip():
        raise ValueError("nothing but blanks")
    return value


Said = Annotated[Text, AfterValidator(_says_something)]


class GpuBudget(Section):
    """Most accelerators that a training run and all serving replicas may hold at once; a MIG slice counts as one."""

    per_project: dict[DnsLabel, Count] = Field(default_factory=dict)
    """Most devices one project may ask for, by environment."""
    total: dict[DnsLabel, Count] = Field(default_factory=dict)
    """Most devices all projects together may ask for, by environment."""


class Condition(Section):
    """A key of the projects' configuration that is forbidden or required."""

    path: Text
    """Dotted path of the key, like `training.accelerator.resource`."""
    values: tuple[Value, ...] = ()
    """The values that are meant; none: any value at all."""
    environments: tuple[DnsLabel, ...] = ()
    """Only in these environments; none: everywhere."""
    risk_classes: tuple[RiskClass, ...] = ()
    """Only for projects of these risk classes; none: all."""
    reason: Said
    """Why; shown with the finding."""
    severity: Level = "error"
    """How much a violation weighs."""


class Waiver(Section):
    """One project is excused from one finding, for a reason, until a day."""

    code: Annotated[str, Field(pattern=r"^MG\d{3}$")]
    """The finding's code."""
    project: DnsLabel
    """The project that is excused."""
    environment: DnsLabel | None = None
    """Only in this environment."""
    reason: Said
    """Why."""
    owner: Said
    """Who answers for it."""
    until: Date
    """The last day; compared with the date of the commit that is looked at, never with the clock."""


class DataRetention(Section):
    """Between which times every project must keep its data."""

    least: Retention | None = None
    """At least so long."""
    most: Retention | None = None
    """At most so long."""


class Policy(Section):
    """What the platform team forbids and requires."""

    gpu_budget: GpuBudget = all_defaults()
    """Accelerators."""
    allowed_registries: tuple[ImageRegistry, ...] = ()
    """Image registries (prefixes) that may be used; none: any."""
    require_owners: Bool = False
    """Whether every project names its owners."""
    required_tests: dict[RiskClass, tuple[TestCategory, ...]] = Field(default_factory=dict)
    """Test categories that a project must run, by its risk class."""
    protected_attributes: tuple[Text, ...] = ()
    """Names of columns that stand for protected attributes, wherever they occur."""
    gate_approvers: tuple[Text, ...] = ()
    """Who may approve a loosened gate, in a trailer `Approved-Gate:` of a commit; none: nobody need approve."""
    data_retention: DataRetention = all_defaults()
    """Between which times data is kept."""
    forbid: tuple[Condition, ...] = ()
    """Keys, or values of them, that no project may write."""
    require: tuple[Condition, ...] = ()
    """Keys, or values of them, that every project must have."""
    waivers: tuple[Waiver, ...] = ()
    """Who is excused."""
