"""The dashboard of a project in an environment, as the ConfigMap that Grafana's sidecar loads."""

from __future__ import annotations

import hashlib

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.targets.monitoring.dashboard.drawing import drawn, page, siblings
from mlops_gitops.compiler.targets.monitoring.dashboard.panels import sections
from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

COMPONENT = "monitor"
LABEL = "grafana_dashboard"
"""What the sidecar of Grafana's Helm chart looks for, of old."""


def config_map(project: Project, environment: Environment) -> dict[str, Plain]:
    """One file in it, named so that no other project's or environment's has the name."""
    body = head("v1", "ConfigMap", f"{project.name}-dashboard", (project, environment, COMPONENT))
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    assert isinstance(metadata["labels"], dict)
    metadata["labels"][LABEL] = "1"
    body["data"] = {f"{project.name}-{environment.name}.json": f"{to_json(document(project, environment))}\n"}
    return body


def document(project: Project, environment: Environment) -> dict[str, Plain]:
    """The dashboard as Grafana reads it."""
    docs = f"{project.platform.docs_url}/alerts.md"
    about: dict[str, Plain] = {
        "uid": uid(project.name, environment.name),
        "title": f"{project.name} in {environment.name}",
        "description": f"Promises, quality, drift and load of {project.name} in {environment.name}. "
        "Each line is a limit of its configuration: change it there.",
        "tags": ["mlops-gitops", project.name, environment.name],
        "links": [siblings("Other environments", project.name), page("Alerts", docs)],
    }
    variables = {"project": project.name, "environment": environment.name}
    return drawn(about, variables, tuple(sections(project, environment)), docs)


def uid(project: str, environment: str) -> str:
    """The same for ever, whatever the title: links to it stay good.  Grafana takes at most 40 characters."""
    return f"mlops-{hashlib.sha256(f'{project}/{environment}'.encode()).hexdigest()[:24]}"
