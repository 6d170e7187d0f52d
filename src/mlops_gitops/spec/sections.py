"""The smaller sections of a project's configuration, each a frozen model with the defaults that stand for silence."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import (
    Bool,
    Count,
    DnsLabel,
    Duration,
    Entrypoint,
    Fraction,
    Int,
    Number,
    PositiveInt,
    Quantity,
    Text,
)
from mlops_gitops.spec.section import Section
from mlops_gitops.spec.stages import StageName, StageOptionsByName

RiskClass = Literal["minimal", "limited", "high"]


class TestCategory(Enum):
    """The categories of tests that a pipeline's model_testing stage runs."""

    UNIT = "unit_test"
    INTEGRATION = "integration_test"
    DATA = "data_test"
    MODEL = "model_test"
    INFERENCE = "inference_test"
    SECURITY = "security_test"
    FAIRNESS = "fairness_test"
    ROBUSTNESS = "robustness_test"


class ProjectInfo(Section):
    """Who owns the project, and how much is at stake."""

    name: DnsLabel | None = None
    """The project's name; its folder's name where it is not written."""
    description: Text | None = None
    """What the model decides."""
    owners: tuple[Text, ...] = ()
    """People or groups who answer for it, like `@fraud-team`."""
    risk_class: RiskClass = "limited"
    """The risk class of the use, as the organisation's policy defines it."""
    risk_reason: Text | None = None
    """Why that risk class."""


class Data(Section):
    """Where the data comes from. Columns, label, time and groups stand in the data contract."""

    entrypoint: Entrypoint = "data:load"
    """`module:function` in the project's folder that reads the source file into a data frame."""
    contract: Text = "data_contract.yaml"
    """The data contract, relative to the project's folder."""


class Triggers(Section):
    """What starts the pipeline, besides a person."""

    data_update: Bool = False
    """A changed data pointer (`*.dvc`)."""
    schedule_daily: Bool = False
    """Once a day."""
    performance_regression: Bool = False
    """A verdict of the detector."""


class Pipeline(Section):
    """Which stages run, when, and what each is judged by."""

    stages: Annotated[tuple[StageName, ...], Field(min_length=1)]
    """The stages, in lifecycle order."""
    triggers: Triggers = Triggers()
    """What starts the pipeline."""
    timeout: Duration | None = None
    """The whole run's timeout; where it is not written, the larger of 2 h and the sum of the stages' timeouts."""
    stage_options: StageOptionsByName = StageOptionsByName()
    """Timeouts, gates and failure policy by stage."""

    def overall_timeout(self) -> timedelta:
        """The written timeout, else the larger of 120 minutes and the sum over the (linear) path of stages."""
        if self.timeout is not None:
            return self.timeout
        total = sum((self.stage_options.of(stage).timeout for stage in self.stages), timedelta())
        return max(timedelta(minutes=120), total)


class Accelerator(Section):
    """Devices for one worker."""

    resource: Literal["nvidia.com/gpu"] = "nvidia.com/gpu"
    """The extended resource that is requested."""
    count: Count = 0
    """How many devices each worker gets."""


class Resources(Section):
    """CPU and memory of one container; the memory limit equals the request.

    Each kind of container has its own defaults, so that writing one number never changes another.
    """

    cpu: Quantity = "1"
    """CPU request."""
    memory: Quantity = "2Gi"
    """Memory request and limit."""
    ephemeral_storage: Quantity = "2Gi"
    """Local disk request and limit."""


class TrainingResources(Resources):
    """CPU and memory of the training container; the memory limit equals the request."""

    cpu: Quantity = "2"
    """CPU request."""
    memory: Quantity = "4Gi"
    """Memory request and limit."""
    ephemeral_storage: Quantity = "10Gi"
    """Local disk request and limit."""


class ServingResources(Resources):
    """CPU and memory of each serving container; the memory limit equals the request."""

    cpu: Quantity = "500m"
    """CPU request."""
    memory: Quantity = "1Gi"
    """Memory request and limit."""
    ephemeral_storage: Quantity = "1Gi"
    """Local disk request and limit."""


class Training(Section):
    """How the model is fitted."""

    entrypoint: Entrypoint = "model:train"
    """`module:function` in the project's folder that fits the model."""
    framework: Literal["sklearn"] = "sklearn"
    """The library the model is built with."""
    parameters: dict[str, Bool | Int | Number | Text] = Field(default_factory=dict)
    """Passed to the entrypoint as they are."""
    seed: Int = 42
    """Seed for everything random except the split, which is by time where rows have one."""
    resources: TrainingResources = TrainingResources()
    """What the training container asks for."""
    accelerator: Accelerator = Accelerator()
    """Accelerators of the training container."""


class Testing(Section):
    """Which tests a version must pass before it may be registered."""

    categories: tuple[TestCategory, ...] = ()
    """The categories that run."""
    thresholds: dict[str, Number] = Field(default_factory=dict)
    """Limits by metric, each respected in the metric's own direction."""
    sensitive_attributes: tuple[Text, ...] = ()
    """Columns whose groups the fairness tests compare; the contract's `groups` where none is written."""


class Slo(Section):
    """What the served model promises; tests, probes and alerts all read these numbers."""

    latency: Duration = timedelta(milliseconds=100)
    """Largest 95th percentile of the prediction latency."""
    availability: Fraction = 0.999
    """Least share of requests that are answered."""
    throughput: Number = 10.0
    """Least predictions a second under the test load."""


class Serving(Section):
    """How the model answers."""

    replicas: PositiveInt = 1
    """Processes that answer, once a version is released."""
    port: Annotated[Int, Field(ge=1024, le=65535)] = 8080
    """Container port; V2 inference protocol, `/health`, `/predict` and `/metrics`."""
    resources: ServingResources = ServingResources()
    """What each serving container asks for."""
    rollout_timeout: Duration = timedelta(seconds=300)
    """How long a roll-out may take to get healthy."""
    slo: Slo = Slo()
    """Service level objectives."""


class RegressionDetection(Section):
    """When a change of a metric counts."""

    performance_threshold: Fraction = 0.05
    """Relative change in the bad direction from which a metric may be called regressed."""
    statistical_significance: Annotated[Number, Field(gt=0, lt=1)] = 0.05
    """Significance level after correction for many comparisons."""
    trend_analysis_window: Duration = timedelta(hours=24)
    """The window over which trends are looked for."""
    min_samples: PositiveInt = 30
    """Fewer rows than this on either side give no verdict."""


class DriftDetection(Section):
    """When a column counts as drifted: significant after correction, and large enough to matter."""

    psi_threshold: Annotated[Number, Field(gt=0)] = 0.1
    """Population stability index from which a column may be called drifted."""
    min_effect: Fraction = 0.1
    """Least Kolmogorov–Smirnov distance (or Cramér's V) that matters, however many rows there are."""
    window: Duration = timedelta(hours=1)
    """The continuous monitor looks at the rows of this long, up to now."""


class Monitoring(Section):
    """What is watched while the model serves."""

    metrics: tuple[Text, ...] = ()
    """Names of metrics, from the metric table."""
    regression_detection: RegressionDetection = RegressionDetection()
    """When a change of a metric counts."""
    drift_detection: DriftDetection = DriftDetection()
    """When a column counts as drifted."""
    interval: Duration = timedelta(minutes=5)
    """Time between two rounds of the continuous monitor."""


class EscalationPolicy(Section):
    """How long an alert of a severity may stay unanswered before it goes one level up."""

    warning: Duration = timedelta(hours=2)
    """For warnings."""
    critical: Duration = timedelta(minutes=15)
    """For critical alerts."""


class Alerting(Section):
    """Who is told."""

    channels: tuple[Literal["slack", "email", "sms", "webhook"], ...] = ()
    """Channels; the platform names each one's receiver."""
    escalation_policy: EscalationPolicy = EscalationPolicy()
    """When an alert goes one level up."""


class Remediation(Section):
    """What follows a verdict, by its severity. Every remedy is a commit."""

    high: Literal["roll_back", "none"] = "roll_back"
    """After a high-severity regression."""
    medium: Literal["none"] = "none"
    """After a medium-severity regression."""
    low: Literal["none"] = "none"
    """After a low-severity one."""
