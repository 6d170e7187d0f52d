"""Escalation: an alert that stayed for as long as the project's policy says fires a second one, for others.

The second alert looks at the first ones (`ALERTS`, Prometheus' own series), so it needs no copy of their expressions:
one rule a severity.  It is about the same objective, so what silences the first alert (a critical one, a server that is
gone) silences the second.  It is rendered where the platform says who is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.monitoring.alert import CRITICAL, WARNING, Alert, here
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import format_duration


def escalations(project: Project, environment: Environment, alerts: Sequence[Alert]) -> Iterator[Alert]:
    """One alert for each severity that leads somewhere."""
    policy = environment.spec.alerting.escalation_policy
    for level, after in ((WARNING, policy.warning), (CRITICAL, policy.critical)):
        if getattr(project.platform.escalation, level) is None:
            continue
        firing = here(project, environment, f',alertstate="firing",severity="{level}",escalation=""')
        yield Alert(
            name=f"{level.capitalize()}Unanswered",
            expression="max by (project, environment, objective, unanswered) "
            f'(label_replace(ALERTS{firing}, "unanswered", "$1", "alertname", "(.+)"))',
            severity=level,
            hold=after,
            summary=f"{{{{ $labels.unanswered }}}} has been firing for {format_duration(after)}",
            description=f"Nobody has cured or silenced it; it concerns {project.name} in {environment.name}.",
            objective="",
            labels={"escalation": level},
            bad={},
            good={},
            fires=sum(one.fires for one in alerts if one.severity == level and not one.absent),
        )
