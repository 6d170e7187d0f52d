"""Who is told, compared: the platform's receivers, its levels of escalation and its mail server."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.plan.change import Change, Effect
from mlops_gitops.spec.platform import PlatformSpec, Receiver


def compare(before: PlatformSpec, after: PlatformSpec) -> Iterator[Change]:
    """One change a receiver; a secret is named, never shown."""
    old, new = _receivers(before), _receivers(after)
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change("alerts", f"{name} is gone", Effect.REMOVED, _consequence(name))
        elif name not in old:
            yield Change("alerts", f"{name} {new[name].target}", Effect.ADDED)
        elif old[name] != new[name]:
            yield Change("alerts", f"{name} {_difference(old[name], new[name])}", Effect.CHANGED)
    if before.smtp != after.smtp:
        hosts = (side.smtp.smarthost if side.smtp else "none" for side in (before, after))
        yield Change("alerts", f"mail server {' → '.join(hosts)}", Effect.CHANGED)


def _receivers(platform: PlatformSpec) -> dict[str, Receiver]:
    sections = (("receivers", platform.receivers), ("escalation", platform.escalation))
    return {
        f"{name}.{key}": found
        for name, section in sections
        for key in type(section).model_fields
        if (found := getattr(section, key)) is not None
    }


def _consequence(name: str) -> str:
    level = name.removeprefix("escalation.")
    return f"an unanswered {level} goes no further" if level != name else ""


def _difference(old: Receiver, new: Receiver) -> str:
    words = [
        f"{'' if key == 'target' else f'{key} '}{getattr(old, key, None)} → {getattr(new, key, None)}"
        for key in type(new).model_fields
        if getattr(old, key, None) != getattr(new, key, None)
    ]
    return ", ".join(words)
