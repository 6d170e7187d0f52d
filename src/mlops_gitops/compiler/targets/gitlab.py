"""GitLab CI: one child pipeline a project, a job a stage, in the order of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.targets.pods import image_reference
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.scalars import whole_seconds
from mlops_gitops.spec.stages import StageName

# Stages that change what an environment runs: only the default branch may, one at a time.
_DEPLOYING = (StageName.MODEL_DEPLOYMENT, StageName.MODEL_MONITORING)


def pipeline_path(project: str) -> str:
    """The child pipeline's file, from the repository root."""
    return f"rendered/{project}/ci/pipeline.yml"


def render(project: Project) -> Iterator[Artifact]:
    """The child pipeline."""
    if project.spec.stack.choice("ci_cd") != "gitlab_ci":
        return
    stages = project.spec.pipeline.stages
    document: dict[str, Plain] = {
        "stages": [stage.value for stage in stages],
        "default": {
            "image": image_reference(project.platform, project.platform.images.runner),
            "interruptible": True,
        },
        "variables": {"GIT_DEPTH": "0", "GIT_STRATEGY": "fetch"},
        # A child pipeline starts whenever its parent's trigger job does: the rules stand there.
        "workflow": {"rules": [{"when": "always"}]},
    }
    for index, stage in enumerate(stages):
        previous = stages[index - 1] if index else None
        # Job names are unique over all child pipelines, so that logs and runners can tell them apart.
        document[_job_name(project, stage)] = _job(project, stage, previous)
    yield Artifact(pipeline_path(project.name), document, project.name)


def _job_name(project: Project, stage: StageName) -> str:
    return f"{project.name}:{stage.value}"


def _job(project: Project, stage: StageName, previous: StageName | None) -> dict[str, Plain]:
    options = project.spec.pipeline.stage_options.of(stage)
    job: dict[str, Plain] = {
        "stage": stage.value,
        "needs": [_job_name(project, previous)] if previous else [],
        "timeout": _gitlab_duration(options.timeout),
        "script": [f"mlops-gitops stage {project.name} {stage.value}"],
    }
    if options.on_failure == "continue":
        job["allow_failure"] = True
    if stage in _DEPLOYING:
        environment = next(iter(project.environments)).name
        job["script"] = _deploying_script(project, stage, environment)
        job["environment"] = {"name": f"{project.name}/{environment}"}
        job["resource_group"] = f"{project.name}-{environment}"
        job["interruptible"] = False
        job["rules"] = [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    artifacts: dict[str, Plain] = {
        "when": "always",
        "expire_in": "7 days",
        "paths": [".mlops-gitops/cache/", ".mlops-gitops/models/"],
    }
    if stage is StageName.MODEL_TESTING:
        artifacts["reports"] = {"junit": [f".mlops-gitops/cache/{stage.value}/*/junit.xml"]}
    job["artifacts"] = artifacts
    return job


def _deploying_script(project: Project, stage: StageName, environment: str) -> list[Plain]:
    """A job's clone has no branch checked out; a release is a commit on one, and the next job works from it."""
    script: list[Plain] = [
        'git switch --quiet --force-create "$CI_COMMIT_BRANCH"',
        _with_remote('git pull --quiet --ff-only "$MLOPS_GITOPS_PUSH_URL" "$CI_DEFAULT_BRANCH"'),
        f"mlops-gitops stage {project.name} {stage.value} --environment {environment}",
    ]
    if stage is StageName.MODEL_DEPLOYMENT:
        # In the script, so that a push that is refused fails the job, and a failed deployment pushes nothing.
        script.append(_with_remote('git push "$MLOPS_GITOPS_PUSH_URL" "HEAD:$CI_DEFAULT_BRANCH"'))
    return script


def _with_remote(command: str) -> str:
    """Only where there is a place to push to; without one a release stays in the job's own clone."""
    return f'test -z "${{MLOPS_GITOPS_PUSH_URL:-}}" || {command}'


def _gitlab_duration(value: timedelta) -> str:
    minutes, seconds = divmod(whole_seconds(value), 60)
    parts = (f"{count} {unit}" for count, unit in ((minutes, "minutes"), (seconds, "seconds")) if count)
    return " ".join(parts)
