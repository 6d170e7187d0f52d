"""model_retraining: is the model that was just trained on today's data better than the one that serves?

Entered by its trigger only: the stages before it train and test as in any run, and this one holds the result against
the serving version on the same held-out rows.
"""

from __future__ import annotations

from mlops_gitops.pipeline.gates import at_least
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.stages.held_out import against_serving, judge, paired
    from mlops_gitops.stages.primary_metric import primary_metric

    mine = judge(given)
    name = primary_metric(given.project, mine.labels)
    serving, why_not = against_serving(given)
    reached = mine.counts.metrics()[name]
    if serving is None:
        return Measurement(
            metrics={name: reached}, details={"primary_metric": name}, warnings=(f"not compared: {why_not}",)
        )
    former = serving.counts.metrics()[name]
    numbers = {name: reached, f"serving_{name}": former, "gain_over_serving": (reached - former) / max(former, 1e-12)}
    return Measurement(metrics=numbers, details={"primary_metric": name, "serving": paired(mine, serving)})


def _gates(project: Project, measured: Measurement) -> Gates:
    limit = project.spec.pipeline.stage_options.model_retraining.min_gain_over_serving
    # Without a serving version there is nothing to be better than; the measurement carries a warning then.
    found = measured.metrics.get("gain_over_serving")
    return () if found is None else (at_least("gain_over_serving", found, limit),)


def _summary(project: Project, measured: Measurement) -> str:
    name = measured.details["primary_metric"]
    if "gain_over_serving" not in measured.metrics:
        return f"{name} {measured.metrics[name]:.3f}, with nothing to compare"
    p = measured.details["serving"]["p_value"]
    return f"{name} {measured.metrics[f'serving_{name}']:.3f} → {measured.metrics[name]:.3f}   p = {p:.2g}"


def _parameters(project: Project) -> Plain:
    return {
        "contract": project.contract.model_dump(mode="json"),
        "primary_metric": project.spec.testing.primary_metric,
    }


STAGE = Stage(
    name=StageName.MODEL_RETRAINING,
    inputs=("package", "test"),
    outputs=(),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    compares=True,
)
