"""Rules about alerting: a channel that leads nowhere tells nobody, and neither does none."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

_NAME_CHANNELS = "name channels in alerting.channels, like [slack]"


def has_receiver(subject: Subject) -> Iterator[Diagnostic]:
    """MG220."""
    for index, channel in known_items(subject.spec.alerting.channels):
        yield from until_unknown(_has_receiver(subject, index, channel))


def _has_receiver(subject: Subject, index: int, channel: str) -> Iterator[Diagnostic]:
    if getattr(subject.platform.receivers, channel) is None:
        yield Diagnostic(
            "MG220",
            f"channel `{channel}` has no receiver",
            subject.spans.value(("alerting", "channels", index)),
            help=f"the platform team adds receivers.{channel} to projects/platform.yaml",
        )


def somebody_is_told(subject: Subject) -> Iterator[Diagnostic]:
    """MG221."""
    spec = subject.spec
    if spec.alerting.channels:
        return
    yield from until_unknown(_told_of_alerts(subject))
    for field in ("on_failure", "on_success"):
        path = ("pipeline", "notifications", field)
        if subject.wrote(*path) and getattr(spec.pipeline.notifications, field):
            message = f"notifications.{field} tells nobody: there is no channel"
            yield Diagnostic("MG221", message, subject.spans.value(path), Severity.WARNING, help=_NAME_CHANNELS)


def _told_of_alerts(subject: Subject) -> Iterator[Diagnostic]:
    if StageName.MODEL_MONITORING in subject.spec.pipeline.stages:
        message = "the served model is monitored, but its alerts are addressed to nobody"
        yield Diagnostic("MG221", message, subject.spans.key(("alerting",)), Severity.WARNING, help=_NAME_CHANNELS)


def escalation_leads_somewhere(subject: Subject) -> Iterator[Diagnostic]:
    """MG262."""
    for level in ("warning", "critical"):
        path = ("alerting", "escalation_policy", level)
        if subject.wrote(*path) and getattr(subject.platform.escalation, level) is None:
            yield Diagnostic(
                "MG262",
                f"an unanswered {level} goes up to nobody",
                subject.spans.key(path),
                help=f"the platform team adds escalation.{level} to projects/platform.yaml",
            )


def critical_goes_up_first(subject: Subject) -> Iterator[Diagnostic]:
    """MG223."""
    policy = subject.spec.alerting.escalation_policy
    if policy.warning < policy.critical:
        warning, critical = ("alerting", "escalation_policy", "warning"), ("alerting", "escalation_policy", "critical")
        yield Diagnostic(
            "MG223",
            f"a warning goes up after {format_duration(policy.warning)}, a critical alert only after "
            f"{format_duration(policy.critical)}",
            subject.first_written(warning, critical),
            Severity.WARNING,
            help="are the two swapped? What is critical goes up first",
            related=subject.origin(*(critical if subject.wrote(*warning) else warning)),
        )
