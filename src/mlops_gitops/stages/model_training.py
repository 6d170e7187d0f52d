"""model_training: fits the model, picks its threshold, and holds it against the naive guess and against overfitting."""

from __future__ import annotations

from mlops_gitops.pipeline.gates import at_least, at_most
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.training import DECIDES_THE_MODEL

MAX_LATE_IMPROVEMENT = 0.01
"""Converged: over the last tenth of the iterations the best validation loss fell by no more than this share."""


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.stages.fitting import fit_and_package

    return fit_and_package(given)


def _gates(project: Project, measured: Measurement) -> Gates:
    options = project.spec.pipeline.stage_options.model_training
    numbers = measured.metrics
    gates = [
        at_least("gain_over_baseline", numbers["gain_over_baseline"], options.min_gain_over_baseline),
        at_most("overfit_gap", numbers["overfit_gap"], options.max_overfit_gap),
    ]
    # Without a history convergence cannot be measured; the measurement carries a warning then.
    if "late_improvement" in numbers:
        gates.append(at_most("late_improvement", numbers["late_improvement"], MAX_LATE_IMPROVEMENT))
    return tuple(gates)


def _summary(project: Project, measured: Measurement) -> str:
    numbers, primary = measured.metrics, measured.details["primary_metric"]
    iterations = f"   {numbers['iterations']:g} iterations" if "iterations" in numbers else ""
    return (
        f"{primary.removesuffix('_score')} {numbers[f'validation_{primary}']:.3f} "
        f"(naive baseline {numbers['naive_baseline']:.3f})   "
        f"train/validation gap {100 * numbers['overfit_gap']:.1f} %{iterations}"
    )


def _parameters(project: Project) -> Plain:
    return {
        "project": project.name,
        "primary_metric": project.spec.testing.primary_metric,
        "training": project.spec.training.model_dump(mode="json", include=DECIDES_THE_MODEL),
        "contract": project.contract.model_dump(mode="json"),
        **({"saved_model": True} if project.exports_saved_model else {}),
    }


STAGE = Stage(
    name=StageName.MODEL_TRAINING,
    inputs=("train", "validation", "test", "features"),
    outputs=("package", "history", "test_scores"),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    together=True,
)
