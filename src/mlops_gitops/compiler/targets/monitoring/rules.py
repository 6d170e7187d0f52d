"""The PrometheusRule of a project in an environment: recorded service levels, alerts, escalations; and their tests."""

from __future__ import annotations

from mlops_gitops.compiler.targets.monitoring.alert import Alert, rule
from mlops_gitops.compiler.targets.monitoring.escalation import escalations
from mlops_gitops.compiler.targets.monitoring.quality_alerts import quality_alerts
from mlops_gitops.compiler.targets.monitoring.recording import recording_rules
from mlops_gitops.compiler.targets.monitoring.service_alerts import service_alerts
from mlops_gitops.compiler.targets.monitoring.sources import signals_of
from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

COMPONENT = "monitor"


def alerts(project: Project, environment: Environment) -> tuple[Alert, ...]:
    """All alerts, escalations last."""
    first = (*service_alerts(signals_of(project, environment)), *quality_alerts(project, environment))
    return (*first, *escalations(project, environment, first))


def prometheus_rule(project: Project, environment: Environment, found: tuple[Alert, ...]) -> dict[str, Plain]:
    """One group: its rules are evaluated in this order, so each sees what the ones before it recorded."""
    owner = (project, environment, COMPONENT)
    body = head("monitoring.coreos.com/v1", "PrometheusRule", f"{project.name}-{COMPONENT}", owner)
    rules: list[Plain] = [
        *recording_rules(signals_of(project, environment)),
        *(rule(project, environment, one) for one in found),
    ]
    body["spec"] = {"groups": [{"name": f"{project.name}.{environment.name}", "rules": rules}]}
    return body
