"""model_deployment: makes the release commit for the first environment and waits until the version answers."""

from __future__ import annotations

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.pipeline.gates import at_least
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName


def _run(given: StageInput) -> Measurement:
    if given.services.deployer is None or given.release is None:
        missing = "no registered version" if given.release is None else "no deployer"
        raise OutsideError(f"model_deployment was started with {missing}", todo="start it with `mlops-gitops run`")
    deployed = given.services.deployer.deploy(given.project, given.environment, given.release)
    return Measurement(
        metrics={"healthy": float(deployed.healthy), "version": float(given.release.version)},
        details={
            "commit": deployed.commit,
            "url": deployed.url,
            "environment": given.environment,
            "why": deployed.why,
            "version": given.release.version,
        },
    )


def _gates(project: Project, measured: Measurement) -> Gates:
    wanted = project.spec.pipeline.stage_options.model_deployment.require_healthy
    return (at_least("healthy", measured.metrics["healthy"], 1),) if wanted else ()


def _summary(project: Project, measured: Measurement) -> str:
    said = measured.details
    healthy = "serves" if measured.metrics["healthy"] else f"does not answer ({said['why']})"
    where = f"   {said['url']}" if said["url"] else ""
    return f"v{said['version']} {healthy} in {said['environment']}   commit {said['commit'][:7]}{where}"


def _parameters(project: Project) -> Plain:
    return {}


STAGE = Stage(
    name=StageName.MODEL_DEPLOYMENT,
    inputs=("package",),
    outputs=("endpoint",),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    acts=True,
)
