"""model_evaluation: the packaged model on the test part from many sides, its groups, and beside the serving version."""

from __future__ import annotations

import json
from typing import Any

from mlops_gitops.pipeline.gates import at_least, at_most, gate_text
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

_GAPS = ("accuracy_gap", "positive_rate_gap")


def _run(given: StageInput) -> Measurement:
    from dataclasses import asdict

    from mlops_gitops.modeltests.confusion import score_metrics
    from mlops_gitops.modeltests.intervals import intervals_of
    from mlops_gitops.modeltests.slices import worst_slice
    from mlops_gitops.stages.held_out import against_serving, judge, paired

    mine = judge(given)
    serving, why_not = against_serving(given)
    columns = [column.name for column in given.project.contract.features() if column.name in mine.rows]
    worst = worst_slice(mine.rows, columns, mine.labels, mine.decisions)
    gaps, not_compared = _groups(given.project, mine)
    details: dict[str, Any] = {
        "confusion": asdict(mine.counts),
        "groups": gaps,
        "serving": paired(mine, serving) if serving else None,
        "worst_slice": asdict(worst) if worst else None,
    }
    (given.out / "evaluation.json").write_text(json.dumps(details, indent=1, allow_nan=False), encoding="utf-8")
    fairness = {
        f"{name}_{kind}": found[kind] for name, found in gaps.items() for kind in ("accuracy_gap", "positive_rate_gap")
    }
    return Measurement(
        metrics=mine.counts.metrics() | score_metrics(mine.labels, mine.scores) | fairness,
        intervals=intervals_of(mine.counts, given.project.spec.training.seed),
        outputs={"evaluation": "evaluation.json"},
        details=details,
        warnings=(*((f"no A/B comparison: {why_not}",) if why_not else ()), *not_compared),
    )


def _groups(project: Project, mine: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Gaps by sensitive attribute, and a word on each that could not be compared."""
    from dataclasses import asdict

    from mlops_gitops.modeltests.slices import group_gaps
    from mlops_gitops.stages.testing_cases import sensitive_attributes

    found: dict[str, Any] = {}
    said = []
    for name in sensitive_attributes(project):
        gaps = group_gaps(name, mine.rows[name].tolist(), mine.labels, mine.decisions) if name in mine.rows else None
        if gaps is None or gaps.compared < 2:
            said.append(f"groups by {name} were not compared: fewer than two of enough rows")
        else:
            found[name] = asdict(gaps)
    return found, tuple(said)


def _gates(project: Project, measured: Measurement) -> Gates:
    options = project.spec.pipeline.stage_options.model_evaluation
    numbers = measured.metrics
    f1 = at_least("f1_score", numbers["f1_score"], options.min_f1_score, measured.intervals.get("f1_score"))
    gaps = (name for name in numbers if name.endswith("_gap"))
    return (f1, *(at_most(name, numbers[name], options.max_fairness_gap) for name in gaps))


def _summary(project: Project, measured: Measurement) -> str:
    f1, *gaps = _gates(project, measured)
    parts = [gate_text(f1).replace("f1_score", "f1", 1)]
    if gaps:
        widest = max(gaps, key=lambda gate: gate.measured)
        parts.append(f"widest gap {gate_text(widest)}")
    if beside := measured.details["serving"]:
        before, after = beside["f1_score"]
        parts.append(f"serving version {before:.3f} → {after:.3f}, p = {beside['p_value']:.2g}")
    return "   ".join(parts)


def _parameters(project: Project) -> Plain:
    return {
        "sensitive_attributes": list(project.spec.testing.sensitive_attributes),
        "contract": project.contract.model_dump(mode="json"),
        "seed": project.spec.training.seed,
    }


STAGE = Stage(
    name=StageName.MODEL_EVALUATION,
    inputs=("package", "test"),
    outputs=("evaluation",),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    compares=True,
)
