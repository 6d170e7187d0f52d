"""Monitoring, alerting and remediation: what is watched, who is told, and what follows."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import (
    Duration,
    Fraction,
    Interval,
    MetricName,
    Number,
    Patience,
    PositiveInt,
    SeriesName,
    Text,
)
from mlops_gitops.spec.section import Section, all_defaults


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


class ConceptDrift(Section):
    """When the relation that the model learnt no longer holds."""

    max_accuracy_drop: Fraction = 0.03
    """Absolute drop of the accuracy that is not put up with."""
    window: Duration = timedelta(hours=1)
    """How long the accuracy must stay that low."""


class CustomMetric(Section):
    """A metric that the metric table does not know: the project exports it, and says which way is better."""

    direction: Literal["higher", "lower"]
    """Which way is better."""
    prometheus: SeriesName
    """The exported Prometheus series; a gauge."""
    description: Text | None = None
    """What it measures."""
    unit: Text | None = None
    """Unit of its values."""
    limit: Number | None = None
    """The value from which on an alert fires, in the bad direction."""


class Monitoring(Section):
    """What is watched while the model serves."""

    metrics: tuple[Text, ...] = ()
    """Names of metrics, from the metric table or from `custom_metrics`."""
    custom_metrics: dict[MetricName, CustomMetric] = Field(default_factory=dict)
    """Metrics of the project's own, by name."""
    regression_detection: RegressionDetection = all_defaults()
    """When a change of a metric counts."""
    drift_detection: DriftDetection = all_defaults()
    """When a column counts as drifted."""
    concept_drift: ConceptDrift = all_defaults()
    """When what was learnt no longer holds."""
    max_attack_success: Fraction = 0.2
    """Largest share of attacks on the served model that may succeed."""
    interval: Interval = timedelta(minutes=5)
    """Time between two rounds of the continuous monitor."""


class EscalationPolicy(Section):
    """How long an alert of a severity may stay unanswered before it goes one level up."""

    warning: Patience = timedelta(hours=2)
    """For warnings."""
    critical: Patience = timedelta(minutes=15)
    """For critical alerts."""


class Alerting(Section):
    """Who is told."""

    channels: tuple[Literal["slack", "email", "sms", "webhook"], ...] = ()
    """Channels; the platform names each one's receiver."""
    escalation_policy: EscalationPolicy = all_defaults()
    """When an alert goes one level up."""


RemedyChoice = Literal["roll_back", "retrain", "open_investigation", "none"]


class Remediation(Section):
    """What follows a verdict, by its severity. Every remedy is a commit."""

    high: RemedyChoice = "roll_back"
    """After a high-severity regression."""
    medium: RemedyChoice = "none"
    """After a medium-severity regression."""
    low: RemedyChoice = "none"
    """After a low-severity one."""
