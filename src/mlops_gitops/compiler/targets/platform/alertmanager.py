"""Alertmanager's configuration: one for the platform, whichever projects there are.

An alert says itself which channels it goes to (label ``channels``) and whether it is an escalation (label
``escalation``).  So there is one route a channel and one a level: two projects that name a channel share its receiver,
and no edit of a project changes this file.  It holds no secret: each one is read from the file that a Secret of its
name is mounted as, where the Prometheus operator mounts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mlops_gitops.compiler.targets.platform import messages
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec, Receiver, Smtp

SECRETS = "/etc/alertmanager/secrets"
DEFAULT = "default"
# What is critical is told at once, and again every hour; all else is told again twice a day.
_URGENT: dict[str, Plain] = {"group_wait": "10s", "repeat_interval": "1h"}
_SAME_PLACE: list[Plain] = ["project", "environment"]


@dataclass(frozen=True, slots=True)
class _Told:
    """Somebody who is told: by which matcher, through which kind of channel."""

    matcher: str
    name: str
    channel: str
    integration: dict[str, Plain]


def alertmanager(platform: PlatformSpec) -> dict[str, Plain] | None:
    """The document that Alertmanager reads; nothing where nobody could be told anything."""
    levels, channels = tuple(_levels(platform)), tuple(_channels(platform))
    everybody = (*channels, *levels)
    if not everybody:
        return None
    routes: list[Plain] = [*(_level_route(one) for one in levels), *(_channel_route(one) for one in channels)]
    found: dict[str, Plain] = {"global": _mail_server(platform.smtp)} if platform.smtp else {}
    return found | {
        "route": {
            "receiver": DEFAULT,
            "group_by": _SAME_PLACE,
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": routes,
        },
        "inhibit_rules": _inhibitions(),
        # What no route claims is not lost: it goes where the platform's first channel goes.
        "receivers": [_receiver(DEFAULT, everybody[0]), *(_receiver(one.name, one) for one in everybody)],
    }


def _channels(platform: PlatformSpec) -> Iterator[_Told]:
    for channel in _INTEGRATIONS:
        receiver = getattr(platform.receivers, channel)
        integration = receiver and _INTEGRATIONS[channel](receiver, platform)
        if integration:
            # The whole word, wherever it stands in the list.
            matcher = f'channels=~"(.+,)?{channel}(,.+)?"'
            yield _Told(matcher, f"{channel}/{receiver.target}", channel, integration)


def _levels(platform: PlatformSpec) -> Iterator[_Told]:
    for level in ("critical", "warning"):
        receiver = getattr(platform.escalation, level)
        integration = receiver and _INTEGRATIONS[receiver.channel](receiver, platform)
        if integration:
            name = f"escalation-{level}/{receiver.channel}/{receiver.target}"
            yield _Told(f'escalation="{level}"', name, receiver.channel, integration)


def _level_route(told: _Told) -> Plain:
    """The way up ends there: the channels have been told of the alert itself."""
    urgent = _URGENT if "critical" in told.matcher else {}
    return {"receiver": told.name, "matchers": [told.matcher], **urgent}


def _channel_route(told: _Told) -> Plain:
    """Other channels are told too; an escalation is not for them."""
    critical: dict[str, Plain] = {"matchers": ['severity="critical"'], **_URGENT}
    return {"receiver": told.name, "matchers": [told.matcher], "continue": True, "routes": [critical]}


def _inhibitions() -> list[Plain]:
    """What is told about something need not be told again in a weaker form."""
    return [
        {
            # Only alerts of ours name an objective; two alerts without one are not about the same thing.
            "source_matchers": ['severity="critical"', 'objective=~".+"'],
            "target_matchers": ['severity="warning"'],
            "equal": [*_SAME_PLACE, "objective"],
        },
        {
            # Nothing that is not there answers late, or too little.
            "source_matchers": ['alertname=~".+ServerAbsent"'],
            "target_matchers": ['objective=~"latency|throughput"'],
            "equal": _SAME_PLACE,
        },
    ]


def _receiver(name: str, told: _Told) -> Plain:
    return {"name": name, f"{_KINDS.get(told.channel, told.channel)}_configs": [told.integration]}


def _mail_server(smtp: Smtp) -> Plain:
    return {"smtp_smarthost": smtp.smarthost, "smtp_from": smtp.from_address}


def _slack(receiver: Receiver, _: PlatformSpec) -> dict[str, Plain] | None:
    if receiver.secret is None:
        return None
    return {
        "api_url_file": _file(receiver.secret, "url"),
        "channel": receiver.target,
        "send_resolved": True,
        "title": messages.TITLE,
        "text": messages.SLACK,
    }


def _email(receiver: Receiver, platform: PlatformSpec) -> dict[str, Plain] | None:
    if platform.smtp is None:
        return None
    login: dict[str, Plain] = {}
    if receiver.secret:
        file = _file(receiver.secret, "password")
        login = {"auth_username": platform.smtp.from_address, "auth_password_file": file}
    body: dict[str, Plain] = {"headers": {"Subject": messages.TITLE}, "html": "", "text": messages.PLAIN}
    return {"to": receiver.target, "send_resolved": True, **login, **body}


def _sms(receiver: Receiver, _: PlatformSpec) -> dict[str, Plain] | None:
    """A gateway that takes Alertmanager's webhook; whom it shall reach stands in the receiver's name, which it gets."""
    return {"url_file": _file(receiver.secret, "url"), "send_resolved": False} if receiver.secret else None


def _webhook(receiver: Receiver, _: PlatformSpec) -> dict[str, Plain] | None:
    login: dict[str, Plain] = {}
    if receiver.secret:
        login = {"http_config": {"authorization": {"credentials_file": _file(receiver.secret, "token")}}}
    return {"url": receiver.target, "send_resolved": True, **login}


def _file(secret: str, key: str) -> str:
    return f"{SECRETS}/{secret}/{key}"


_INTEGRATIONS: dict[str, Callable[[Receiver, PlatformSpec], dict[str, Plain] | None]] = {
    "slack": _slack,
    "email": _email,
    "sms": _sms,
    "webhook": _webhook,
}
_KINDS = {"sms": "webhook"}
