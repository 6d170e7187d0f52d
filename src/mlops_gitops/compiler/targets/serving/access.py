"""Who may speak with the pods that serve: anyone in need of a prediction on the serving port, and they with nobody."""

from __future__ import annotations

from mlops_gitops.compiler.targets.network import DNS, policy
from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.compiler.targets.serving.availability import COMPONENT, on_cluster
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project


def network_policy(
    project: Project, environment: Environment, pods: dict[str, Plain], ports: tuple[int, ...]
) -> dict[str, Plain] | None:
    """Closed but for the serving ports (metrics are read there too) and name resolution.

    Models and logs lie on volumes, which are the node's to reach, so a server needs nothing else.
    """
    if not on_cluster(environment):
        return None
    body = head(
        "networking.k8s.io/v1", "NetworkPolicy", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT)
    )
    open_ports: list[Plain] = [{"protocol": "TCP", "port": port} for port in ports]
    body["spec"] = policy(pods, ingress=[{"ports": open_ports}], egress=[DNS])
    return body
