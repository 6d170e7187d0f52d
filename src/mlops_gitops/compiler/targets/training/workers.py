"""Several workers that train together: how they find each other, and what keeps them together.

Each pod of an Indexed Job has a stable name, ``<job>-<index>``, below a headless Service.  ``TF_CONFIG`` lists those
names and tells each worker which one it is: the kubelet puts the Job's name and the pod's index into it, so that one
text serves every worker, and every Job that a schedule makes.
"""

from __future__ import annotations

import json

from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.compiler.targets.training.surroundings import COMPONENT
from mlops_gitops.compiler.targets.variables import of_pod
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

PORT = 2222
_JOB, _INDEX = "JOB_NAME", "JOB_COMPLETION_INDEX"


def service_name(project: Project) -> str:
    """The headless Service that all training Jobs of a project share."""
    return f"{project.name}-{COMPONENT}"


def service(project: Project, environment: Environment) -> dict[str, Plain]:
    """No address of its own, only names; and those already before a worker is ready, for all wait for each other."""
    body = head("v1", "Service", service_name(project), (project, environment, COMPONENT))
    body["spec"] = {
        "type": "ClusterIP",
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": selector(project, COMPONENT),
        "ports": [{"name": "workers", "port": PORT, "targetPort": "workers", "protocol": "TCP"}],
    }
    return body


def variables(project: Project, environment: Environment) -> list[Plain]:
    """``TF_CONFIG`` and what it is made of; nothing for one worker.

    Kubernetes itself adds the index only where no variable has its name, and adds it last, where a text before it
    cannot refer to it: so it stands here, first.
    """
    count = environment.workers
    if count == 1:
        return []
    hosts = [f"$({_JOB})-{index}.{service_name(project)}:{PORT}" for index in range(count)]
    cluster = json.dumps({"worker": hosts}, separators=(",", ":"))
    return [
        of_pod(_JOB, "metadata.labels['batch.kubernetes.io/job-name']"),
        of_pod(_INDEX, "metadata.annotations['batch.kubernetes.io/job-completion-index']"),
        {"name": "TF_CONFIG", "value": f'{{"cluster":{cluster},"task":{{"type":"worker","index":$({_INDEX})}}}}'},
    ]


def completion(environment: Environment) -> dict[str, Plain]:
    """How an Indexed Job ends.

    A lost worker takes all others with it: each of them ends with trouble outside of it and is tried again, which
    counts for each index by itself.  An index that has no try left ends the whole Job.  The first worker writes the
    model, so the Job is through when that one is.
    """
    count = environment.workers
    fields: dict[str, Plain] = {
        "completionMode": "Indexed",
        "completions": count,
        "parallelism": count,
        "backoffLimitPerIndex": environment.spec.training.retries,
        "maxFailedIndexes": 0,
    }
    if environment.cluster.minor_version >= 31:  # no version before knows the field
        fields["successPolicy"] = {"rules": [{"succeededIndexes": "0"}]}
    return fields


def disruption_budget(project: Project, environment: Environment) -> dict[str, Plain]:
    """A drained node would stop all workers: it waits for the training's end, which its deadline bounds."""
    body = head("policy/v1", "PodDisruptionBudget", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT))
    body["spec"] = {
        "minAvailable": environment.workers,
        "selector": {"matchLabels": selector(project, COMPONENT)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return body
