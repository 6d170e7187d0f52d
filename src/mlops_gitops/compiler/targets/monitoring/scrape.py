"""How Prometheus finds what there is to read: the Services of what serves and of the monitor."""

from __future__ import annotations

from mlops_gitops.compiler.targets.monitoring.monitor import COMPONENT
from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.compiler.targets.serving.tensorflow import METRICS_PATH
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import NAME, PROJECT
from mlops_gitops.records.project import Environment, Project

_INTERVAL_S = 15


def service_monitor(project: Project, environment: Environment) -> dict[str, Plain]:
    """Both at once: they differ by nothing that Prometheus needs to know.  There is a monitor where answers are kept.

    Every pod behind a Service is read by itself, whatever runtime made it.  KServe makes a Service of its own for each
    predictor, with the labels of the InferenceService: pods behind that one would be counted twice.  Project and
    environment are written onto every series, whatever its exporter says of itself.
    """
    owner = (project, environment, COMPONENT)
    body = head("monitoring.coreos.com/v1", "ServiceMonitor", f"{project.name}-{COMPONENT}", owner)
    monitor: list[Plain] = [f"{project.name}-{COMPONENT}"] if environment.keeps_answers else []
    names: list[Plain] = [f"{project.name}-serving", *monitor]
    of_kserve: Plain = {"key": "serving.kserve.io/inferenceservice", "operator": "DoesNotExist"}
    relabelings: list[Plain] = [
        {"targetLabel": label, "replacement": value}
        for label, value in (("project", project.name), ("environment", environment.name))
    ]
    body["spec"] = {
        "selector": {
            "matchLabels": {PROJECT: project.name},
            "matchExpressions": [
                {"key": NAME, "operator": "In", "values": names},
                *([of_kserve] if environment.choice("serving") == "kserve" else ()),
            ],
        },
        "endpoints": [
            {
                "port": "http",
                "path": "/metrics" if environment.keeps_answers else METRICS_PATH,
                "interval": f"{_INTERVAL_S}s",
                "honorLabels": True,
                "relabelings": relabelings,
            }
        ],
    }
    return body
