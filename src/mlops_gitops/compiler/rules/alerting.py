"""Rules about alerting: a channel that leads nowhere tells nobody."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic


def has_receiver(subject: Subject) -> Iterator[Diagnostic]:
    """MG220."""
    receivers = subject.platform.receivers
    for index, channel in enumerate(subject.spec.alerting.channels):
        if getattr(receivers, channel) is None:
            yield Diagnostic(
                "MG220",
                f"channel `{channel}` has no receiver",
                subject.spans.value(("alerting", "channels", index)),
                help=f"the platform team adds receivers.{channel} to projects/platform.yaml",
            )
