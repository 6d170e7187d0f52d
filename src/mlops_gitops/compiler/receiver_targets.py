"""The targets of the platform's receivers, held against what each kind of channel can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.platform import PlatformSpec

_MAILBOX = r"[^@\s,]+@[^@\s,]+"
# A channel by its name, a member by theirs, or either by what Slack calls it itself.
_FORMS = {
    "slack": (r"[#@][^\s#@,]+|[CDGUW][A-Z0-9]{7,}", "write #channel, @member or an ID of Slack's"),
    "email": (rf"{_MAILBOX}(?:, ?{_MAILBOX})*", "write an address like ml-oncall@example.com"),
    # It stands in the name of a receiver, which is one line.
    "sms": (r"[^\x00-\x1f\x7f]{1,200}", "write in one line how the gateway knows who is meant"),
    "webhook": (r"https?://[^\s/@]+(?:/\S*)?", "write a URL like https://events.example.com/ml"),
}
_KIND = {"slack": "Slack", "email": "e-mail", "sms": "a gateway of text messages", "webhook": "a webhook"}


def targets_fit(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    """MG266."""
    for path, channel, target in _targets(platform):
        form, todo = _FORMS[channel]
        if not re.fullmatch(form, target):
            message = f"`{_shown(target)}` is nothing that {_KIND[channel]} can reach"
            yield Diagnostic("MG266", message, source.spans.value((*path, "target")), help=todo)


def _shown(target: str) -> str:
    """Without the password of a URL, and in one line."""
    hidden = re.sub(r"(?<=//)[^/@\s]*(?=@)", "…", target)
    return hidden if hidden.isprintable() else ascii(hidden)[1:-1]


def _targets(platform: PlatformSpec) -> Iterator[tuple[Path, str, str]]:
    for channel in type(platform.receivers).model_fields:
        if receiver := getattr(platform.receivers, channel):
            yield ("receivers", channel), channel, receiver.target
    for level in type(platform.escalation).model_fields:
        if above := getattr(platform.escalation, level):
            yield ("escalation", level), above.channel, above.target
