"""data_validation: is the source data what its contract promises? Four reports and a quality score."""

from __future__ import annotations

import json

from mlops_gitops.pipeline.gates import at_least, at_most, gate_text
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.modeltests.data_quality import check_frame
    from mlops_gitops.stages import source_data

    project = given.project
    table = source_data.load(given.folder, project.spec.data.entrypoint, project.contract)
    report = check_frame(table, project.contract)
    plain = report.to_plain()
    (given.out / "reports.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")
    failed = [name for name, one in plain["reports"].items() if not one["passed"]]
    faults = [f"{one.column}: {one.name} holds for {one.share:.1%}" for one in report.failed()]
    return Measurement(
        metrics={"quality_score": report.quality_score, "reports_failed": float(len(failed)), "rows": len(table)},
        outputs={"data_reports": "reports.json"},
        details={"failed_reports": failed, "faults": faults, "checks": len(report.checks)},
    )


def _gates(project: Project, measured: Measurement) -> Gates:
    limit = project.spec.pipeline.stage_options.data_validation.min_quality_score
    return (
        at_least("quality_score", measured.metrics["quality_score"], limit),
        at_most("reports_failed", measured.metrics["reports_failed"], 0),
    )


def _summary(project: Project, measured: Measurement) -> str:
    quality, _ = _gates(project, measured)
    return f"{gate_text(quality).replace('quality_score', 'quality')}   {measured.metrics['rows']:,.0f} rows, 4 reports"


def _parameters(project: Project) -> Plain:
    return {
        "entrypoint": project.spec.data.entrypoint,
        "contract": project.contract.model_dump(mode="json"),
    }


STAGE = Stage(
    name=StageName.DATA_VALIDATION,
    inputs=(),
    outputs=("data_reports",),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    reads_source=True,
)
