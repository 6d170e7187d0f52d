"""Who may speak with the pods that serve: who asks for predictions and reads metrics, and they with nobody."""

from __future__ import annotations

from mlops_gitops.compiler.targets.network import DNS, namespaces, policy
from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.compiler.targets.serving.availability import COMPONENT
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

MESH: dict[str, Plain] = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}}}],
    "ports": [{"protocol": "TCP", "port": 15012}],
}
"""Where the proxy beside a server learns its configuration, in an Istio mesh."""


def network_policy(
    project: Project, environment: Environment, ports: tuple[int, ...], *egress: Plain
) -> dict[str, Plain] | None:
    """Closed but for the serving ports to those whom the platform names, name resolution and ``egress``.

    Metrics are read from a serving port too.

    Models and logs lie on volumes, which are the node's to reach, so a server needs nothing else.
    """
    if environment.local:
        return None
    body = head(
        "networking.k8s.io/v1", "NetworkPolicy", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT)
    )
    allowed = project.platform.network
    rule: dict[str, Plain] = {
        "from": namespaces((*allowed.callers, *allowed.metrics)),
        "ports": [{"protocol": "TCP", "port": port} for port in ports],
    }
    body["spec"] = policy(selector(project, COMPONENT), ingress=[rule], egress=[DNS, *egress])
    return body
