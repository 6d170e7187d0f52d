"""The built-in stages, one file each, and the registry that names them.

The stage modules are light: what a stage declares and how it is judged.  pandas, scikit-learn and the like are
imported by the functions that do the work, in the stage's own process.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlops_gitops.pipeline.stage import Stage
from mlops_gitops.spec.stages import StageName
from mlops_gitops.stages import (
    data_preprocessing,
    data_validation,
    feature_engineering,
    model_deployment,
    model_evaluation,
    model_monitoring,
    model_packaging,
    model_retraining,
    model_testing,
    model_training,
    model_validation,
)

STAGES: Mapping[StageName, Stage] = {
    module.STAGE.name: module.STAGE
    for module in (
        data_validation,
        data_preprocessing,
        feature_engineering,
        model_training,
        model_evaluation,
        model_testing,
        model_validation,
        model_packaging,
        model_deployment,
        model_monitoring,
        model_retraining,
    )
}
