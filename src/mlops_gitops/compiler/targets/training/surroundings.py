"""What stands beside the training Job, however many there are: account, network policy, claim for checkpoints."""

from __future__ import annotations

from mlops_gitops.compiler.targets import network
from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import PRUNE
from mlops_gitops.records.project import Environment, Project

COMPONENT = "training"


def account_name(project: Project) -> str:
    """The service account of training pods."""
    return f"{project.name}-{COMPONENT}"


def service_account(project: Project, environment: Environment) -> dict[str, Plain]:
    """An account that may do nothing, and whose token no pod gets."""
    body = head("v1", "ServiceAccount", account_name(project), (project, environment, COMPONENT))
    body["automountServiceAccountToken"] = False
    return body


def network_policy(project: Project, environment: Environment) -> dict[str, Plain]:
    """Nobody calls a training pod but its fellow workers; it fetches its data from wherever that is kept."""
    body = head(
        "networking.k8s.io/v1", "NetworkPolicy", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT)
    )
    pods = selector(project, COMPONENT)
    # Collective operations open ports of their own, so fellow workers reach each other on all of them.
    among: list[Plain] = [network.peers(pods, "from")] if environment.workers > 1 else []
    body["spec"] = network.policy(pods, ingress=among, egress=[network.DNS, network.ANYWHERE])
    return body


def checkpoints_name(project: Project) -> str:
    """The claim that checkpoints are kept in."""
    return f"{project.name}-checkpoints"


def checkpoints(project: Project, environment: Environment) -> dict[str, Plain]:
    """Half a training may be worth more than a model: the claim outlives the configuration that asked for it."""
    wanted = environment.spec.training.checkpoints
    owner = (project, environment, COMPONENT)
    body = head("v1", "PersistentVolumeClaim", checkpoints_name(project), owner, {PRUNE: "never"})
    spec: dict[str, Plain] = {
        # Workers share it, and what was evicted goes on wherever there is room.
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": wanted.storage}},
    }
    if wanted.storage_class:
        spec["storageClassName"] = wanted.storage_class
    body["spec"] = spec
    return body
