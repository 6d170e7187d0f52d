"""Training on Kubernetes: one Job, named by the content it trains from, so that nothing is trained twice."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.labels import CODE_DIGEST, CONFIG_DIGEST, DATA_DIGEST
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import whole_seconds
from mlops_gitops.spec.stages import StageName

_FAILURE_RULES: list[Plain] = [
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
    # A stage exits with 3 on trouble outside of it; after anything else, trying again would give the same answer.
    {"action": "FailJob", "onExitCodes": {"containerName": "train", "operator": "NotIn", "values": [0, 3]}},
]


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """The training Job of a project, where its pipeline trains at all."""
    spec = environment.spec
    if StageName.MODEL_TRAINING not in spec.pipeline.stages:
        return
    image = project.platform.images.runner
    annotations: dict[str, Plain] = {
        CODE_DIGEST: project.code_digest,
        CONFIG_DIGEST: project.config_digest,
        DATA_DIGEST: project.data_digest,
        **pods.placeholder_annotation(image),
    }
    deadline = spec.pipeline.stage_options.model_training.timeout
    job: dict[str, Plain] = {
        "backoffLimit": 3,
        "activeDeadlineSeconds": whole_seconds(deadline),
        "ttlSecondsAfterFinished": 7 * 24 * 3600,
        "podFailurePolicy": {"rules": _FAILURE_RULES},
        "template": _template(project, environment),
    }
    # A Job cannot be changed, only replaced: what it trains from and what it asks for are both in its name.  Where
    # only the latter changed, the new Job finds the training done under its key.
    name = content_name(f"{project.name}-train", job)
    body = {**head("batch/v1", "Job", name, (project, environment, "training"), annotations), "spec": job}
    yield Artifact(
        f"rendered/{project.name}/{environment.name}/training/job.yaml", body, project.name, environment.name
    )


def _template(project: Project, environment: Environment) -> dict[str, Plain]:
    training = environment.spec.training
    stage = StageName.MODEL_TRAINING.value
    container: dict[str, Plain] = {
        "name": "train",
        "image": pods.image_reference(project.platform, project.platform.images.runner),
        "command": ["mlops-gitops"],
        "args": ["stage", project.name, stage, "--key", project.training_key],
        "workingDir": pods.WORKSPACE_PATH,
        "env": [{"name": "HOME", "value": "/tmp"}],  # noqa: S108 - the pod's own scratch volume
        "resources": pods.resources(training.resources, environment.spec.training_devices()),
        "securityContext": pods.container_security(),
        "volumeMounts": [pods.mount("workspace", pods.WORKSPACE_PATH), pods.mount("tmp", "/tmp")],  # noqa: S108
    }
    return {
        "metadata": {"labels": selector(project, "training")},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": pods.pod_security(),
            "containers": [container],
            "volumes": [pods.claim("workspace", pods.WORKSPACE_CLAIM), pods.temporary()],
        },
    }
