"""What a container asks for: CPU, memory, disk, accelerators, where it may be placed, and its environment variables."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from mlops_gitops.spec.kubernetes_names import LabelKey, LabelValue, SecretKeyName
from mlops_gitops.spec.quantity import added
from mlops_gitops.spec.scalars import Cores, Count, DnsLabel, Number, Quantity, Size, Text
from mlops_gitops.spec.section import MergeKey, Section

# Extended resources that device plug-ins offer; NVIDIA's multi-instance profiles are resources of their own.
ACCELERATORS = ("nvidia.com/gpu", "aws.amazon.com/neuron", "google.com/tpu")
MIG_PREFIX = "nvidia.com/mig-"
MIG = re.compile(re.escape(MIG_PREFIX) + r"[12347]g\.[0-9]{1,3}gb(\.me)?")
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"


def is_accelerator(resource: str) -> bool:
    """Whether a resource name is a whole device or a MIG profile that is known here."""
    return resource in ACCELERATORS or MIG.fullmatch(resource) is not None


class Accelerator(Section):
    """Devices for one worker."""

    resource: Text | None = None
    """The extended resource: `nvidia.com/gpu`, `nvidia.com/mig-<profile>`, `aws.amazon.com/neuron` or `google.com/tpu`;
    where it is not written, it follows `stack.acceleration`."""
    count: Count | None = None
    """How many devices each worker gets; where it is not written, 0 for scikit-learn and 1 for Keras."""


@dataclass(frozen=True, slots=True)
class Devices:
    """Accelerators of one container, with all defaults resolved."""

    resource: str
    count: int


class Resources(Section):
    """CPU, memory and disk of one container; memory and disk are limited to what is requested.

    Each kind of container has its own defaults, so that writing one number never changes another.
    """

    cpu: Cores = "1"
    """CPU request."""
    memory: Size = "2Gi"
    """Memory request and limit."""
    ephemeral_storage: Size = "2Gi"
    """Local disk request and limit."""
    requests: dict[Text, Quantity] = Field(default_factory=dict)
    """Further requests by resource name; one of an extended resource needs an equal limit."""
    limits: dict[Text, Quantity] = Field(default_factory=dict)
    """Further limits by resource name, like a CPU limit."""

    def asked(self, shared_memory: str | None = None) -> tuple[dict[str, str], dict[str, str]]:
        """Requests and limits without devices: memory and disk are limited to what is requested, CPU may burst.

        What lies in `/dev/shm` counts against the container's memory limit, so its size is added.
        """
        memory = added(self.memory, shared_memory) if shared_memory else self.memory
        bounded = {"memory": memory, "ephemeral-storage": self.ephemeral_storage}
        return {"cpu": self.cpu, **bounded, **self.requests}, {**bounded, **self.limits}


class TrainingResources(Resources):
    """CPU, memory and disk of the training container; memory and disk are limited to what is requested."""

    cpu: Cores = "2"
    """CPU request."""
    memory: Size = "4Gi"
    """Memory request and limit."""
    ephemeral_storage: Size = "10Gi"
    """Local disk request and limit."""


class ServingResources(Resources):
    """CPU, memory and disk of each serving container; memory and disk are limited to what is requested."""

    cpu: Cores = "500m"
    """CPU request."""
    memory: Size = "1Gi"
    """Memory request and limit."""
    ephemeral_storage: Size = "1Gi"
    """Local disk request and limit."""


class Toleration(Section):
    """A node taint that pods put up with."""

    key: LabelKey
    """The taint's key."""
    operator: Literal["Equal", "Exists"] = "Exists"
    """Whether the taint's value is compared."""
    value: LabelValue | None = None
    """The taint's value, for `Equal`."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"
    """The taint's effect."""

    @model_validator(mode="after")
    def _value_is_for_equal(self) -> Self:
        if (self.operator == "Equal") != (self.value is not None):
            raise ValueError("not a toleration: operator Equal needs a value, Exists (the default) takes none")
        return self


class SecretKey(Section):
    """A value that lives in a Kubernetes Secret, never in this repository."""

    name: DnsLabel
    """Name of the Secret, in the environment's namespace; an ExternalSecret may make it."""
    key: SecretKeyName
    """Key in the Secret."""


def _variable(name: str) -> str:
    if not re.fullmatch(_VARIABLE, name):
        raise ValueError("not a variable's name: letters, digits and `_`, no digit first")
    return name


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("not a variable's value: it holds U+0000, with which no container starts")
    return value


class Variable(Section):
    """An environment variable of a container: a value, or a reference to a Secret."""

    name: Annotated[Text, AfterValidator(_variable), Field(json_schema_extra={"pattern": f"^{_VARIABLE}$"})]
    """Its name."""
    value: Annotated[Text, AfterValidator(_no_nul)] | None = None
    """Its value, where that is no secret."""
    secret: SecretKey | None = None
    """Where its value is kept, for a secret."""


Tolerations = Annotated[tuple[Toleration, ...], MergeKey("key", beside=("effect", "NoSchedule"))]
Variables = Annotated[tuple[Variable, ...], MergeKey("name")]


class Placement(Section):
    """Which nodes pods run on."""

    node_selector: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that a node must have."""
    tolerations: Tolerations = ()
    """Taints that are put up with."""


class DevicePlacement(Placement):
    """How the nodes of an accelerator are found, and what one device costs."""

    price_per_hour: Annotated[Number, Field(ge=0)] | None = None
    """Price of one device an hour, in the platform's currency; `prices` may say it too."""
