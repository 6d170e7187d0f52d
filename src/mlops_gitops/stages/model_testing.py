"""model_testing: the test categories that the configuration names, on the packaged model and the test part.

What is measured stands in ``testing_cases``; here it is judged.  A case's own gates decide whether it passes, so that
a changed limit changes the verdict of a kept measurement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.pipeline.gates import Interval, at_least, at_most, gate_text
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.stage_result import GateResult
from mlops_gitops.spec.metrics import Direction, Family, find_metric
from mlops_gitops.spec.stages import StageName

MAX_SCORE_DIFFERENCE = 1e-12
"""Largest difference of a score before packaging and after loading."""


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.modeltests.report import to_junit, to_plain
    from mlops_gitops.modeltests.suite import CaseStatus, run_suite
    from mlops_gitops.stages.case_clock import timed
    from mlops_gitops.stages.testing_cases import CaseRunner, chosen_cases

    cases = chosen_cases(given.project)
    runner = CaseRunner(given, cases)
    results = run_suite(
        cases,
        execute=lambda case: timed(case, runner.run),
        failures_of=lambda case, finding: tuple(
            gate_text(gate)
            for gate in gates_of_case(case.id, given.project, finding.metrics, finding.intervals)
            if not gate.passed
        ),
    )
    plain = to_plain(results)
    (given.out / "test_report.json").write_text(json.dumps(plain, indent=1, allow_nan=False), encoding="utf-8")
    (given.out / "junit.xml").write_bytes(to_junit(f"{given.project.name} model_testing", results))
    not_run = tuple(f"{one.case.id} was not run: {one.reason}" for one in results if one.status is CaseStatus.NOT_RUN)
    return Measurement(
        metrics={name: value for one in results for name, value in one.finding.metrics.items()},
        intervals={name: pair for one in results for name, pair in one.finding.intervals.items()},
        outputs={"test_report": "test_report.json", "junit": "junit.xml"},
        details={"cases": plain["cases"]},
        warnings=not_run,
        partial=any(one.status is CaseStatus.SKIPPED for one in results),
    )


def gates_of_case(
    case: str, project: Project, metrics: Mapping[str, float], intervals: Mapping[str, Interval]
) -> tuple[GateResult, ...]:
    """The gates of one case's numbers, by the case's id; empty for a case without gates."""
    options = project.spec.pipeline.stage_options
    testing = options.model_testing
    if case == "model_quality":
        return _thresholds(project, metrics, intervals)
    if case == "project_tests":
        return (
            at_most("tests_failed", metrics["tests_failed"], 0),
            at_least("coverage", metrics["coverage"], testing.min_coverage),
        )
    if case == "test_data":
        limit = options.data_validation.min_quality_score
        return (at_least("test_quality_score", metrics["test_quality_score"], limit),)
    if case.startswith("fairness_"):
        limit = testing.max_fairness_gap
        return tuple(at_most(name, value, limit) for name, value in metrics.items() if name.endswith("_gap"))
    drop = project.spec.testing.robustness.max_accuracy_drop
    at_mosts = {
        "package_round_trip": ("score_difference", MAX_SCORE_DIFFERENCE),
        "bad_rows_refused": ("bad_rows_accepted", 0.0),
        "artifact_scan": ("artifact_findings", 0.0),
        "evasion_attack": ("attack_success", testing.max_attack_success),
        "noise": ("noise_drop", drop),
        "missing_values": ("missing_drop", drop),
        "outliers": ("outlier_drop", drop),
    }
    if case not in at_mosts:
        return ()
    name, limit = at_mosts[case]
    return (at_most(name, metrics[name], limit, intervals.get(name)),)


def _thresholds(
    project: Project, metrics: Mapping[str, float], intervals: Mapping[str, Interval]
) -> tuple[GateResult, ...]:
    """Every threshold of ``testing.thresholds`` in its metric's own direction; the endpoint's are judged there."""
    gates = []
    for written, limit in project.spec.testing.thresholds.items():
        metric = find_metric(written)
        if metric is None or (metric.family is not Family.SERVICE and metric.name not in metrics):
            todo = f"measured are {', '.join(sorted(metrics))}"
            raise UsageError(f"{written} is not measured on a classifier", where="testing.thresholds", todo=todo)
        if metric.family is not Family.SERVICE:
            judge = at_least if metric.direction is Direction.HIGHER else at_most
            gates.append(judge(metric.name, metrics[metric.name], limit, intervals.get(metric.name), metric.unit))
    return tuple(gates)


def _measured_cases(measured: Measurement) -> list[dict[str, Any]]:
    """Cases that gave numbers: passed or failed when they ran."""
    return [one for one in measured.details["cases"] if one["status"] in ("passed", "failed")]


def _gates(project: Project, measured: Measurement) -> Gates:
    gates: list[GateResult] = []
    for one in measured.details["cases"]:
        name, finding = one["case"]["id"], one["finding"]
        if one["status"] in ("passed", "failed"):
            gates += gates_of_case(name, project, finding["metrics"], finding["intervals"])
        elif one["status"] == "error":
            gates.append(at_most(f"{name}_errors", 1, 0))
    return tuple(gates)


def _summary(project: Project, measured: Measurement) -> str:
    cases = measured.details["cases"]
    passed = sum(
        all(gate.passed for gate in gates_of_case(one["case"]["id"], project, *_numbers(one)))
        for one in _measured_cases(measured)
    )
    parts = [f"{passed} of {len(cases)} pass"]
    shown = [gate for gate in _gates(project, measured) if gate.name in ("f1_score", "false_positive_rate")]
    short = {"f1_score": "f1", "false_positive_rate": "fpr"}
    parts += [gate_text(gate).replace(gate.name, short[gate.name], 1) for gate in shown]
    for one in cases:
        if worst := one["finding"]["details"].get("worst_slice"):
            parts.append(f"worst slice: {worst['name']} f1 {worst['f1']:.2f}")
    return "   ".join(parts)


def _numbers(case: dict[str, Any]) -> tuple[dict[str, float], dict[str, Interval]]:
    return case["finding"]["metrics"], case["finding"]["intervals"]


def _parameters(project: Project) -> Plain:
    testing = project.spec.testing
    return {
        "categories": [category.value for category in testing.categories],
        "sensitive_attributes": list(testing.sensitive_attributes),
        "contract": project.contract.model_dump(mode="json"),
        "seed": project.spec.training.seed,
        "case_timeout": project.spec.testing.case_timeout.total_seconds(),
        "robustness": testing.robustness.model_dump(mode="json", exclude={"max_accuracy_drop"}),
    }


STAGE = Stage(
    name=StageName.MODEL_TESTING,
    inputs=("package", "test", "test_scores"),
    outputs=("test_report", "junit"),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
)
