"""The platform's receivers, held against what Alertmanager needs to reach them."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.platform import PlatformSpec, Receiver

# What the Secret of a channel holds: without it there is no address to send to.
_SECRETS = {"slack": "the webhook's URL", "sms": "the gateway's URL"}
_EMAIL = "email"


def receivers_reach(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    """MG263 and MG264."""
    for path, channel, receiver in _receivers(platform):
        if channel == _EMAIL and platform.smtp is None:
            yield Diagnostic(
                "MG263",
                f"{'.'.join(map(str, path))} is told by e-mail, and no mail server is set up",
                source.spans.key(path),
                help="add smtp: {smarthost: mail.example.com:587, from_address: …} to projects/platform.yaml",
            )
        if channel in _SECRETS and receiver.secret is None:
            yield Diagnostic(
                "MG264",
                f"{'.'.join(map(str, path))} has no secret with {_SECRETS[channel]}",
                source.spans.key(path),
                help="add `secret:` with the name of a Secret in the namespace of Alertmanager; its key is `url`",
            )


def _receivers(platform: PlatformSpec) -> Iterator[tuple[Path, str, Receiver]]:
    for channel in ("slack", _EMAIL, "sms", "webhook"):
        receiver = getattr(platform.receivers, channel)
        if receiver is not None:
            yield ("receivers", channel), channel, receiver
    for level in ("warning", "critical"):
        above = getattr(platform.escalation, level)
        if above is not None:
            yield ("escalation", level), above.channel, above
