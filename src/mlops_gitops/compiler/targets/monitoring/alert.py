"""One alert: what it watches, how bad it is, what it says, and the samples that it fires on and is quiet on.

The samples stand beside the expression, so that each alert is tested by ``promtool`` with what it is about: ``bad``
lies just beyond the limit, ``good`` on it.  A sample is a series and its values in promtool's notation; series named by
several alerts must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mlops_gitops.compiler.camel_case import camel
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.spelling import spelling

CRITICAL, WARNING = "critical", "warning"
Samples = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """``name`` is the kind of the alert and the anchor of its runbook; ``subject`` leads the name where one kind has
    several (a metric); ``objective`` is what an alert of higher severity silences a lower one about; empty where the
    expression brings it along."""

    name: str
    expression: str
    severity: str
    hold: timedelta
    summary: str
    description: str
    objective: str
    bad: Samples
    good: Samples
    subject: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    fires: int = 1
    """How many alerts the bad samples make of it."""
    absent: bool = False
    """Whether it fires where there are no samples at all, rather than on bad ones."""


def alert_name(project: Project, alert: Alert) -> str:
    """The name in Prometheus, unique over all projects."""
    return camel(project.name) + camel(alert.subject) + alert.name


def rule(project: Project, environment: Environment, alert: Alert) -> dict[str, Plain]:
    """The alert as an entry of a rule group; an escalation goes up, and to no channel."""
    body: dict[str, Plain] = {"alert": alert_name(project, alert), "expr": alert.expression}
    if alert.hold:
        body["for"] = format_duration(alert.hold)
    objective = {"objective": alert.objective} if alert.objective else {}
    channels = "" if "escalation" in alert.labels else ",".join(environment.spec.alerting.channels)
    routes = {"channels": channels} if channels else {}
    body["labels"] = {"severity": alert.severity, **objective, **routes, **alert.labels}
    body["annotations"] = {
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": f"{project.platform.docs_url}/alerts.md#{alert.name.lower()}",
    }
    return body


def here(project: Project, environment: Environment, extra: str = "") -> str:
    """The label matchers of an environment's series."""
    return f'{{project="{project.name}",environment="{environment.name}"{extra}}}'


def literal(text: str) -> str:
    """Somebody's own words in an annotation, which Prometheus would else read as a template."""
    return text.replace("{{", '{{ "{{" }}')


@spelling
def number(value: float) -> str:
    """A number as PromQL and promtool's notation read it, exact."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
