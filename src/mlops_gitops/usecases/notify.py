"""Notify: how a run ended, as an alert that goes the way of all others, through the same channels and silences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.alert_sink import Alert, AlertSink
from mlops_gitops.records.project import Project

FAILED_ALERT, PASSED_ALERT = "MlopsPipelineFailed", "MlopsPipelinePassed"
# An alert that nobody ends must end by itself; a failed pipeline is old news a day later.
_LASTS = {FAILED_ALERT: timedelta(days=1), PASSED_ALERT: timedelta(minutes=5)}


class Ended(Enum):
    """How a run ended."""

    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class RunEnd:
    """What is told of a run: how it ended, at which commit, and where it can be looked at."""

    status: Ended
    commit: str
    url: str
    at: datetime


def notify(project: Project, end: RunEnd, sink: AlertSink) -> tuple[str, ...]:
    """Tell the channels of the project's ``alerting`` and give their names; a run that passed ends a failure's alert.

    Raises ``UsageError`` where the project has no channel.
    """
    channels = project.spec.alerting.channels
    if not channels:
        raise UsageError(
            f"{project.name} has no channel to tell anything",
            where=f"{project.folder}/mlops_config.yaml",
            todo="name one in alerting.channels",
        )
    if end.status is Ended.FAILED:
        sink.send([_alert(project, end, FAILED_ALERT, "warning")])
    else:
        over = _alert(project, end, FAILED_ALERT, "warning", over=True)
        sink.send([over, _alert(project, end, PASSED_ALERT, "info")])
    return channels


def _alert(project: Project, end: RunEnd, name: str, severity: str, *, over: bool = False) -> Alert:
    environment = next((one.name for one in project.environments), "")
    labels = {
        "alertname": name,
        "severity": severity,
        "project": project.name,
        "environment": environment,
        "channels": ",".join(project.spec.alerting.channels),
    }
    what = f"the pipeline of {project.name} {end.status.value}"
    annotations = {"summary": f"{what} at commit {end.commit[:7]}", "description": end.url or "run on this machine"}
    starts, ends = (end.at - timedelta(seconds=1), end.at) if over else (end.at, end.at + _LASTS[name])
    return Alert(labels, annotations, starts, ends, end.url)
