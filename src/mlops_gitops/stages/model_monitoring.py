"""model_monitoring, as a stage of a run: one round at the endpoint, and a look that the continuous monitor runs."""

from __future__ import annotations

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.pipeline.gates import at_least, at_most
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.stage_result import GateResult
from mlops_gitops.spec.metrics import Direction, Family, find_metric
from mlops_gitops.spec.stages import StageName


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.stages.endpoint_round import measure_calm

    probe, project = given.services.probe, given.project
    if probe is None:
        raise OutsideError("model_monitoring was started with no probe", todo="start it with `mlops-gitops run`")
    url = probe.url(project.name, given.environment)
    if url is None:
        todo = f"release a version to {given.environment}, and reconcile"
        raise OutsideError(f"{project.name} serves nothing in {given.environment}", todo=todo)
    found = measure_calm(url, project, given.inputs["test"], given.inputs["package"], _latency_limit_ms(project))
    running = probe.monitor_running(project.name, given.environment)
    wanted = given.release.version if given.release else None
    right = wanted is None or found.versions == {str(wanted)}
    return Measurement(
        metrics={**found.metrics, "monitor_running": float(running), "right_version": float(right)},
        details={
            "url": url,
            "versions": sorted(found.versions),
            "failures": list(found.failures),
            "p95_ms_by_round": list(found.p95_ms_by_round),
        },
    )


def _gates(project: Project, measured: Measurement) -> Gates:
    slo, numbers = project.spec.serving.slo, measured.metrics
    return (
        at_least("healthy", numbers["healthy"], 1),
        at_most("latency_p95_ms", numbers["latency_p95_ms"], _latency_limit_ms(project), unit="ms"),
        at_least("availability", numbers["availability"], slo.availability),
        at_least("throughput", numbers["throughput"], slo.throughput, unit="1/s"),
        at_least("right_version", numbers["right_version"], 1),
        at_least("monitor_running", numbers["monitor_running"], 1),
        *_thresholds(project, measured),
    )


def _latency_limit_ms(project: Project) -> float:
    written = project.spec.pipeline.stage_options.model_monitoring.max_latency_p95
    return (written or project.spec.serving.slo.latency).total_seconds() * 1000


def _thresholds(project: Project, measured: Measurement) -> list[GateResult]:
    """The thresholds of ``testing`` that only an endpoint can be judged by."""
    gates = []
    for written, limit in project.spec.testing.thresholds.items():
        metric = find_metric(written)
        if metric and metric.family is Family.SERVICE and metric.name in measured.metrics:
            judge = at_least if metric.direction is Direction.HIGHER else at_most
            gates.append(judge(f"threshold_{metric.name}", measured.metrics[metric.name], limit, unit=metric.unit))
    return gates


def _summary(project: Project, measured: Measurement) -> str:
    numbers = measured.metrics
    monitor = "runs" if numbers["monitor_running"] else "does not run"
    rounds = len(measured.details["p95_ms_by_round"])
    parts = (
        f"p95 {numbers['latency_p95_ms']:.0f} ms" + (f" in round {rounds}" if rounds > 1 else ""),
        f"{numbers['answered']:g} of {numbers['requests']:g} answered, {numbers['throughput']:.0f}/s",
        f"monitor {monitor}",
    )
    return "   ".join(parts)


def _parameters(project: Project) -> Plain:
    return {}


STAGE = Stage(
    name=StageName.MODEL_MONITORING,
    inputs=("endpoint", "test", "package"),
    outputs=(),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    acts=True,
)
