"""How Prometheus finds what there is to read: the pods that serve, and the monitor."""

from __future__ import annotations

from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import NAME, PROJECT
from mlops_gitops.records.project import Environment, Project

COMPONENT = "monitor"
_INTERVAL_S = 15


def pod_monitor(project: Project, environment: Environment) -> dict[str, Plain]:
    """Both at once: they differ by nothing that Prometheus needs to know.

    Project and environment are written onto every series, whatever its exporter says of itself.
    """
    owner = (project, environment, COMPONENT)
    body = head("monitoring.coreos.com/v1", "PodMonitor", f"{project.name}-{COMPONENT}", owner)
    names: list[Plain] = [f"{project.name}-serving", f"{project.name}-{COMPONENT}"]
    relabelings: list[Plain] = [
        {"targetLabel": label, "replacement": value}
        for label, value in (("project", project.name), ("environment", environment.name))
    ]
    body["spec"] = {
        "selector": {
            "matchLabels": {PROJECT: project.name},
            "matchExpressions": [{"key": NAME, "operator": "In", "values": names}],
        },
        "podMetricsEndpoints": [
            {
                "port": "http",
                "path": "/metrics",
                "interval": f"{_INTERVAL_S}s",
                "honorLabels": True,
                "relabelings": relabelings,
            }
        ],
    }
    return body
