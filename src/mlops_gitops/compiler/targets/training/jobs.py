"""The training Job, and the CronJob that trains anew by the clock: how often, how long, and what is tried again."""

from __future__ import annotations

from datetime import timedelta

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import content_name, head
from mlops_gitops.compiler.targets.training import template, workers
from mlops_gitops.compiler.targets.training.surroundings import COMPONENT
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import CODE_DIGEST, CONFIG_DIGEST, DATA_DIGEST, labels
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import whole_seconds
from mlops_gitops.spec.stages import StageName

_QUEUE = "kueue.x-k8s.io/queue-name"
# A schedule that was missed (the control plane was down) is made up for within the hour, not in the middle of the day.
_LATEST_START = timedelta(hours=1)
_FAILURE_RULES: list[Plain] = [
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
    # A stage exits with 3 on trouble outside of it; after anything else, trying again would give the same answer.
    {
        "action": "FailJob",
        "onExitCodes": {"containerName": template.CONTAINER, "operator": "NotIn", "values": [0, 3]},
    },
]


def job(project: Project, environment: Environment) -> dict[str, Plain]:
    """Trains from the data, code and configuration of the commit."""
    arguments: list[Plain] = ["stage", project.name, StageName.MODEL_TRAINING.value, "--key", project.training_key]
    annotations: dict[str, Plain] = {
        CODE_DIGEST: project.code_digest,
        CONFIG_DIGEST: project.config_digest,
        DATA_DIGEST: project.data_digest,
        **pods.placeholder_annotation(project.platform.images.runner),
    }
    spec = _job_spec(project, environment, StageName.MODEL_TRAINING, arguments)
    queue = _queue(environment)
    # A Job cannot be changed, only replaced: what it trains from and what it asks for are both in its name.  Where
    # only the latter changed, the new Job finds the training done under its key.
    name = content_name(f"{project.name}-train", {**spec, **queue})
    body = head("batch/v1", "Job", name, (project, environment, COMPONENT), annotations, queue)
    body["spec"] = spec
    return body


def cron_job(project: Project, environment: Environment, schedule: str) -> dict[str, Plain]:
    """Trains by the clock, from the newest data that the workspace holds: so it is bound to no training key."""
    stages = environment.spec.pipeline.stages
    retrains = StageName.MODEL_RETRAINING in stages
    stage = StageName.MODEL_RETRAINING if retrains else StageName.MODEL_TRAINING
    owner = (project, environment, COMPONENT)
    annotations = pods.placeholder_annotation(project.platform.images.runner)
    body = head("batch/v1", "CronJob", f"{project.name}-retrain", owner, annotations)
    made: dict[str, Plain] = {**labels(project.name, environment.name, COMPONENT), **_queue(environment)}
    body["spec"] = {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": whole_seconds(_LATEST_START),
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {
            "metadata": {"labels": made},
            "spec": _job_spec(project, environment, stage, ["stage", project.name, stage.value]),
        },
    }
    return body


def _job_spec(project: Project, environment: Environment, stage: StageName, arguments: list[Plain]) -> dict[str, Plain]:
    spec = environment.spec
    fields: dict[str, Plain] = (
        workers.completion(environment) if environment.workers > 1 else {"backoffLimit": spec.training.retries}
    )
    fields["activeDeadlineSeconds"] = whole_seconds(spec.pipeline.stage_options.of(stage).timeout)
    kept = spec.registry.retention.failed_runs
    if isinstance(kept, timedelta):
        fields["ttlSecondsAfterFinished"] = whole_seconds(kept)
    fields["podFailurePolicy"] = {"rules": _FAILURE_RULES}
    fields["template"] = template.template(project, environment, arguments)
    return fields


def _queue(environment: Environment) -> dict[str, Plain]:
    queue = environment.spec.training.queue
    return {_QUEUE: queue} if queue else {}
