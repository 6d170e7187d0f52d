"""The stages of a pipeline: their names, order, default timeouts, and the gate limits each one is judged by.

The order of the enum is the order of the lifecycle; a configuration may leave stages out but not reorder them.
"""

from datetime import timedelta
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import Bool, Duration, Entrypoint, Fraction, Int, Number, PositiveInt, Timeout
from mlops_gitops.spec.section import Section, all_defaults


class StageName(Enum):
    """Every stage a pipeline may name, in lifecycle order."""

    DATA_VALIDATION = "data_validation"
    DATA_PREPROCESSING = "data_preprocessing"
    FEATURE_ENGINEERING = "feature_engineering"
    MODEL_TRAINING = "model_training"
    MODEL_EVALUATION = "model_evaluation"
    MODEL_TESTING = "model_testing"
    MODEL_VALIDATION = "model_validation"
    MODEL_PACKAGING = "model_packaging"
    MODEL_DEPLOYMENT = "model_deployment"
    MODEL_MONITORING = "model_monitoring"
    MODEL_RETRAINING = "model_retraining"


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


class StageOptions(Section):
    """What every stage can be told."""

    timeout: Timeout = timedelta(minutes=30)
    """How long the stage may take before its process is stopped."""
    on_failure: Literal["stop", "continue"] = "stop"
    """Whether a failed stage ends the run."""
    retries: Annotated[Int, Field(ge=0, le=2)] = 0
    """How often CI runs the stage again after trouble outside of it; never after a gate said no."""


class DataValidationOptions(StageOptions):
    """Quality, completeness, distribution and schema of the source data."""

    min_quality_score: Fraction = 0.9
    """Least share of checks that must hold, weighted by column."""


class DataPreprocessingOptions(StageOptions):
    """Cleaning, transformation, outliers."""

    timeout: Timeout = _minutes(60)
    """How long the stage may take before its process is stopped."""
    max_missing_rate: Fraction = 0.01
    """Most missing values that may be left, as a share of all cells."""
    max_outlier_rate: Fraction = 0.05
    """Most outliers that may be left, as a share of all numeric cells."""


class FeatureEngineeringOptions(StageOptions):
    """Extraction, selection, encoding."""

    timeout: Timeout = _minutes(45)
    """How long the stage may take before its process is stopped."""
    min_importance: Fraction = 0.1
    """A feature is kept while its importance is above this share of the strongest feature's."""


class ModelTrainingOptions(StageOptions):
    """Model fitting with early stopping; judged against the naive baseline."""

    timeout: Timeout = _minutes(120)
    """How long the stage may take before its process is stopped."""
    min_gain_over_baseline: Number = 0.10
    """Least relative gain of the primary metric over the best naive guess."""
    max_overfit_gap: Fraction = 0.10
    """Most that the primary metric may fall from training to validation data."""


class ModelEvaluationOptions(StageOptions):
    """Many-sided evaluation, comparison with the serving model, fairness."""

    min_f1_score: Fraction = 0.85
    """Least F1."""
    max_fairness_gap: Fraction = 0.1
    """Largest difference between groups."""


class ModelTestingOptions(StageOptions):
    """The test categories of section `testing`."""

    timeout: Timeout = _minutes(60)
    """How long the stage may take before its process is stopped."""
    min_coverage: Fraction = 0.8
    """Least line coverage of the project's unit tests."""
    max_fairness_gap: Fraction = 0.1
    """Largest difference between groups in accuracy or positive rate."""
    max_attack_success: Fraction = 0.2
    """Largest share of attacked rows that may change their prediction."""


class ModelValidationOptions(StageOptions):
    """Business rules and compliance."""

    timeout: Timeout = _minutes(45)
    """How long the stage may take before its process is stopped."""
    min_business_gain: Number = 0.05
    """Least relative gain of the business metric."""
    business_metric: Entrypoint | None = None
    """`module:function` of the project that says what decisions are worth; where it is not written, the costs are."""
    cost_false_positive: Annotated[Number, Field(ge=0)] = 1.0
    """What a false positive costs."""
    cost_false_negative: Annotated[Number, Field(ge=0)] = 1.0
    """What a false negative costs."""


class ModelPackagingOptions(StageOptions):
    """A reproducible package of model, code and pinned dependencies."""

    timeout: Timeout = _minutes(20)
    """How long the stage may take before its process is stopped."""
    max_context_mb: PositiveInt = 1000
    """Largest image build context, in megabytes."""


class ModelDeploymentOptions(StageOptions):
    """The release commit, and the roll-out that follows it."""

    require_healthy: Bool = True
    """Whether the stage fails when the roll-out does not get healthy in time."""


class ModelMonitoringOptions(StageOptions):
    """One round of monitoring, and a look that the continuous monitor runs."""

    max_latency_p95: Duration | None = None
    """Largest 95th percentile of the latency; absent, `serving.slo.latency` counts."""


class ModelRetrainingOptions(StageOptions):
    """Retraining, entered by its trigger only."""

    timeout: Timeout = _minutes(180)
    """How long the stage may take before its process is stopped."""
    min_gain_over_serving: Number = 0.02
    """Least relative gain over the serving version."""


class StageOptionsByName(Section):
    """The options of each stage; options of a stage that the pipeline leaves out are an error, never ignored."""

    data_validation: DataValidationOptions = all_defaults()
    """Options of data_validation."""
    data_preprocessing: DataPreprocessingOptions = all_defaults()
    """Options of data_preprocessing."""
    feature_engineering: FeatureEngineeringOptions = all_defaults()
    """Options of feature_engineering."""
    model_training: ModelTrainingOptions = all_defaults()
    """Options of model_training."""
    model_evaluation: ModelEvaluationOptions = all_defaults()
    """Options of model_evaluation."""
    model_testing: ModelTestingOptions = all_defaults()
    """Options of model_testing."""
    model_validation: ModelValidationOptions = all_defaults()
    """Options of model_validation."""
    model_packaging: ModelPackagingOptions = all_defaults()
    """Options of model_packaging."""
    model_deployment: ModelDeploymentOptions = all_defaults()
    """Options of model_deployment."""
    model_monitoring: ModelMonitoringOptions = all_defaults()
    """Options of model_monitoring."""
    model_retraining: ModelRetrainingOptions = all_defaults()
    """Options of model_retraining."""

    def of(self, stage: StageName) -> StageOptions:
        """The options of one stage."""
        options = getattr(self, stage.value)
        assert isinstance(options, StageOptions)
        return options
