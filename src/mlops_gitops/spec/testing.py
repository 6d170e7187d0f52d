"""Tests: which categories run, what a version must reach, and how hard the tests press."""

from datetime import timedelta
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import Fraction, Number, PositiveInt, Text, Timeout
from mlops_gitops.spec.section import Section, all_defaults


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


class RobustnessTest(Section):
    """How inputs are disturbed; the accuracy may drop by so much under each disturbance."""

    noise_sd: Annotated[Number, Field(gt=0)] = 0.1
    """Noise on numbers, in standard deviations of the column."""
    missing_rate: Fraction = 0.1
    """Share of values taken away."""
    outlier_rate: Fraction = 0.05
    """Share of values moved to the mean and five standard deviations."""
    max_accuracy_drop: Fraction = 0.1
    """Largest relative drop of the accuracy."""


class InferenceLoad(Section):
    """The load under which the served model is tested."""

    clients: PositiveInt = 10
    """Clients at once."""
    requests_per_client: PositiveInt = 5
    """Requests of each client."""


# What a comparison of two versions can go by: measured on decisions, row by row.
PrimaryMetric = Literal["accuracy", "precision", "recall", "f1_score", "f1"]


class Testing(Section):
    """Which tests a version must pass before it may be registered."""

    categories: tuple[TestCategory, ...] = ()
    """The categories that run."""
    thresholds: dict[str, Number] = Field(default_factory=dict)
    """Limits by metric, each respected in the metric's own direction."""
    primary_metric: PrimaryMetric | None = None
    """The metric by which versions are compared; where it is not written, F1 if the rarer class is under 20 %, else
    accuracy."""
    sensitive_attributes: tuple[Text, ...] = ()
    """Columns whose groups the fairness tests compare; the contract's `groups` where none is written."""
    case_timeout: Timeout = timedelta(seconds=300)
    """How long one test case may take."""
    robustness: RobustnessTest = all_defaults()
    """How hard robustness tests press."""
    inference: InferenceLoad = all_defaults()
    """How hard inference tests press."""
