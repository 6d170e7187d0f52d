"""model_validation: is the model worth something to the business? Its value beside what happens without it.

The value is the project's own (``module:function``), else that of a cost matrix: expected cost per 1,000 decisions,
with its sign turned.  It is held against the version that serves, else against the better of the two blind decisions:
everything is positive, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.pipeline.gates import at_least
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import ModelValidationOptions, StageName

if TYPE_CHECKING:
    import pandas as pd

    from mlops_gitops.modeltests.confusion import Bools
    from mlops_gitops.stages.held_out import Judged

Value = Callable[["pd.DataFrame", "Bools", "Bools"], float]
"""Rows, labels, decisions → value, higher is better."""


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.stages.held_out import against_serving, judge

    mine = judge(given)
    serving, why_not = against_serving(given)
    value = _value_of(given)
    reference, name = (
        (value(serving.rows, serving.labels, serving.decisions), "serving") if serving else _blind(value, mine)
    )
    reached = value(mine.rows, mine.labels, mine.decisions)
    return Measurement(
        metrics={"business_value": reached, "reference_value": reference, "business_gain": gain(reached, reference)},
        details={"reference": name, "rows": len(mine.labels), "why_not_serving": why_not},
    )


def gain(reached: float, reference: float) -> float:
    """Relative gain over the reference; where that is zero, the sign of what was reached."""
    if reference == 0:
        return float((reached > 0) - (reached < 0))
    return (reached - reference) / abs(reference)


def cost_per_thousand(labels: Bools, decisions: Bools, options: ModelValidationOptions) -> float:
    """Expected value per 1,000 decisions under the cost matrix: minus what wrong decisions cost."""
    import numpy as np

    false_positives = int(np.count_nonzero(decisions & ~labels))
    false_negatives = int(np.count_nonzero(labels & ~decisions))
    cost = false_positives * options.cost_false_positive + false_negatives * options.cost_false_negative
    return -1000.0 * cost / max(1, len(labels))


def _value_of(given: StageInput) -> Value:
    from mlops_gitops.stages import plugins

    options = given.project.spec.pipeline.stage_options.model_validation
    if options.business_metric is None:
        return lambda rows, labels, decisions: cost_per_thousand(labels, decisions, options)
    own = plugins.entrypoint(given.folder, options.business_metric, default="")
    assert own is not None
    return lambda rows, labels, decisions: _number(own(rows, labels, decisions), options.business_metric or "")


def _number(value: object, name: str) -> float:
    import math

    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        todo = "return one finite number, higher is better"
        raise UsageError(f"{name} gave {value!r}", where="model_validation.business_metric", todo=todo)
    return float(value)


def _blind(value: Value, mine: Judged) -> tuple[float, str]:
    import numpy as np

    everything, nothing = np.ones_like(mine.labels), np.zeros_like(mine.labels)
    found = {
        "everything is positive": value(mine.rows, mine.labels, everything),
        "nothing is positive": value(mine.rows, mine.labels, nothing),
    }
    best = max(found, key=lambda name: found[name])
    return found[best], best


def _gates(project: Project, measured: Measurement) -> Gates:
    limit = project.spec.pipeline.stage_options.model_validation.min_business_gain
    return (at_least("business_gain", measured.metrics["business_gain"], limit),)


def _summary(project: Project, measured: Measurement) -> str:
    numbers, reference = measured.metrics, measured.details["reference"]
    beside = "the serving version" if reference == "serving" else f"`{reference}`"
    return (
        f"value {numbers['business_value']:.4g} against {numbers['reference_value']:.4g} of {beside}: "
        f"{numbers['business_gain']:+.1%}"
    )


def _parameters(project: Project) -> Plain:
    options = project.spec.pipeline.stage_options.model_validation
    return {
        "contract": project.contract.model_dump(mode="json"),
        **options.model_dump(mode="json", include={"business_metric", "cost_false_positive", "cost_false_negative"}),
    }


STAGE = Stage(
    name=StageName.MODEL_VALIDATION,
    inputs=("package", "test"),
    outputs=(),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    compares=True,
)
