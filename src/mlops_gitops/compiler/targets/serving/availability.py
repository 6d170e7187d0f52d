"""How many pods answer, and how they are kept apart: replicas, rolling updates, disruption budget, spread.

An autoscaler owns the number of replicas: where there is one, the workload does not name it once a version is
released, so that no apply takes back what the autoscaler decided.  On one machine nothing scales, so there it is named.
"""

from __future__ import annotations

from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import whole_seconds

COMPONENT = "serving"
_SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def is_scaled(environment: Environment) -> bool:
    """Whether an autoscaler decides about replicas."""
    serving = environment.spec.serving
    most = serving.autoscaling.max_replicas
    return not environment.local and most is not None and most > serving.replicas


def replicas(environment: Environment) -> dict[str, Plain]:
    """The workload's ``replicas``, where it names them."""
    if environment.release is None:
        return {"replicas": 0}
    return {} if is_scaled(environment) else {"replicas": environment.spec.serving.replicas}


def rolling() -> dict[str, Plain]:
    """A new pod answers before an old one goes."""
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def pods_of(project: Project, environment: Environment, template: dict[str, Plain]) -> dict[str, Plain]:
    """A Deployment's ``spec``: how many pods of ``template``, and how new ones take the place of old ones."""
    return {
        **replicas(environment),
        "revisionHistoryLimit": 3,
        "progressDeadlineSeconds": whole_seconds(environment.spec.serving.rollout_timeout),
        "strategy": rolling(),
        "selector": {"matchLabels": selector(project, COMPONENT)},
        "template": template,
    }


def disruption_budget(project: Project, environment: Environment, pods: dict[str, Plain]) -> dict[str, Plain] | None:
    """At most one pod is taken away at a time; a single one would only keep its node from being drained."""
    if environment.local or environment.spec.serving.replicas < 2:
        return None
    owner = (project, environment, COMPONENT)
    body = head("policy/v1", "PodDisruptionBudget", f"{project.name}-{COMPONENT}", owner)
    body["spec"] = {
        "maxUnavailable": 1,
        # A pod that is broken anyway must not keep a node from being drained.
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": pods},
    }
    return body


def spread(environment: Environment, pods: dict[str, Plain]) -> dict[str, Plain]:
    """The pod's spread over zones and nodes: wished for, because a cluster may have but one of each."""
    if environment.local:
        return {}
    constraints: list[Plain] = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": pods},
            # Pods of a version that is on its way out do not count.
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in _SPREAD_OVER
    ]
    return {"topologySpreadConstraints": constraints}
