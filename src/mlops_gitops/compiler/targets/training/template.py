"""The pod of a training: one container that runs one stage, its devices, volumes, variables and place."""

from __future__ import annotations

from mlops_gitops.compiler.targets import placement, pods
from mlops_gitops.compiler.targets.objects import selector
from mlops_gitops.compiler.targets.training import surroundings, workers
from mlops_gitops.compiler.targets.variables import variables
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

CONTAINER = "train"
CHECKPOINTS_PATH = "/var/lib/mlops-gitops/checkpoints"
# The stage reads it, and keeps each training's checkpoints in a folder of their own below it.
CHECKPOINTS_VARIABLE = "MLOPS_GITOPS_CHECKPOINTS"


def template(project: Project, environment: Environment, arguments: list[Plain]) -> dict[str, Plain]:
    """The pod template; ``arguments`` are the command line's."""
    training = environment.spec.training
    spec: dict[str, Plain] = {
        "restartPolicy": "Never",
        "serviceAccountName": surroundings.account_name(project),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
    }
    if environment.workers > 1:
        spec["subdomain"] = workers.service_name(project)
    if training.priority_class:
        spec["priorityClassName"] = training.priority_class
    spec |= placement.placement(project.platform, environment.training_devices(), training)
    spec |= {
        "securityContext": pods.pod_security(),
        "containers": [_container(project, environment, arguments)],
        "volumes": [volume for volume, _ in _volumes(project, environment)],
    }
    return {"metadata": {"labels": selector(project, surroundings.COMPONENT)}, "spec": spec}


def _container(project: Project, environment: Environment, arguments: list[Plain]) -> dict[str, Plain]:
    training = environment.spec.training
    container: dict[str, Plain] = {
        "name": CONTAINER,
        "image": pods.image_reference(project.platform, project.platform.images.runner),
        "command": ["mlops-gitops"],
        "args": arguments,
        "workingDir": pods.WORKSPACE_PATH,
        "env": _environment(project, environment),
    }
    if environment.workers > 1:
        container["ports"] = [{"name": "workers", "containerPort": workers.PORT, "protocol": "TCP"}]
    container |= {
        "resources": pods.resources(training.resources, environment.training_devices(), training.shared_memory),
        "securityContext": pods.container_security(),
        "volumeMounts": [mount for _, mount in _volumes(project, environment)],
    }
    return container


def _environment(project: Project, environment: Environment) -> list[Plain]:
    training = environment.spec.training
    entries: list[Plain] = [{"name": "HOME", "value": "/tmp"}]  # noqa: S108 - the pod's own scratch volume
    entries += workers.variables(project, environment)
    if training.keeps_checkpoints():
        entries.append({"name": CHECKPOINTS_VARIABLE, "value": CHECKPOINTS_PATH})
    return entries + variables(training.env)


def _volumes(project: Project, environment: Environment) -> list[tuple[dict[str, Plain], dict[str, Plain]]]:
    """Each volume with its mount."""
    training = environment.spec.training
    found = [
        (pods.claim("workspace", pods.WORKSPACE_CLAIM), pods.mount("workspace", pods.WORKSPACE_PATH)),
        (pods.temporary(), pods.mount("tmp", "/tmp")),  # noqa: S108
    ]
    if training.keeps_checkpoints():
        claim = pods.claim("checkpoints", surroundings.checkpoints_name(project))
        found.append((claim, pods.mount("checkpoints", CHECKPOINTS_PATH)))
    if training.shared_memory:
        found.append((pods.in_memory("shared-memory", training.shared_memory), pods.mount("shared-memory", "/dev/shm")))  # noqa: S108
    return found
