"""Rendered objects compared: which would be created, changed, replaced or pruned, and which alerts change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from mlops_gitops.plan.change import Change, Effect, ObjectCounts
from mlops_gitops.records.resource import Resource, ResourceKey

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def resources(files: Mapping[str, bytes], folder: str) -> dict[ResourceKey, Resource]:
    """The cluster objects in the YAML files below a folder, by key."""
    found: dict[ResourceKey, Resource] = {}
    for path, content in files.items():
        if path.startswith(f"{folder}/") and path.endswith(".yaml"):
            for body in yaml.load_all(content, Loader=_LOADER):
                resource = Resource.of(body)
                found[resource.key] = resource
    return found


def count(before: Mapping[ResourceKey, Resource], after: Mapping[ResourceKey, Resource]) -> ObjectCounts:
    """A kind that loses one object and gains another in the same namespace has it replaced under a new name."""
    gone = [key for key in before if key not in after]
    new = [key for key in after if key not in before]
    replaced = 0
    for key in list(new):
        match = next((old for old in gone if (old.kind, old.namespace) == (key.kind, key.namespace)), None)
        if match:
            gone.remove(match)
            new.remove(key)
            replaced += 1
    changed = sum(1 for key in after if key in before and before[key].body != after[key].body)
    return ObjectCounts(len(new), changed, replaced, len(gone))


def alerts(before: Mapping[ResourceKey, Resource], after: Mapping[ResourceKey, Resource]) -> Iterator[Change]:
    """Alerts by name: gone, new, or with another expression or hold time."""
    old, new = _alerts(before), _alerts(after)
    for name in (*old, *(name for name in new if name not in old)):
        if name not in new:
            yield Change("alerts", name, Effect.REMOVED)
        elif name not in old:
            yield Change("alerts", name, Effect.ADDED)
        elif old[name] != new[name]:
            yield from _alert_changed(name, old[name], new[name])


def _alert_changed(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old.get("for") != new.get("for"):
        yield Change("alerts", f"{name} for: {old.get('for')} → {new.get('for')}", Effect.CHANGED)
    elif old["expr"] != new["expr"]:
        limits = (str(rule["expr"]).rpartition(" ")[2] for rule in (old, new))
        yield Change("alerts", f"{name} fires at {' → '.join(limits)}", Effect.CHANGED)
    else:
        yield Change("alerts", name, Effect.CHANGED)


def _alerts(found: Mapping[ResourceKey, Resource]) -> dict[str, dict[str, Any]]:
    return {
        rule["alert"]: rule
        for key, resource in found.items()
        if key.kind == "PrometheusRule"
        for group in resource.body["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
