"""Rendered objects compared: which would be created, changed, replaced or pruned, and which alerts change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.plan.change import Change, Effect, ObjectCounts
from mlops_gitops.reconciler.resources import parse_resources
from mlops_gitops.records.labels import COMPONENT, MANIFESTS
from mlops_gitops.records.resource import Resource, ResourceKey

Objects = Mapping[ResourceKey, Resource]


def resources(files: Mapping[str, bytes], project: str, environment: str) -> Objects:
    """The cluster objects that a project's files have for an environment, by key.

    None where the files are damaged: that is for `render --check` to tell.
    """
    folder = f"rendered/{project}/{environment}/"
    mine = {path: content for path, content in files.items() if path.startswith(folder)}
    try:
        return {resource.key: resource for resource in parse_resources(mine, environment)}
    except RefusedError:
        return {}


def count(before: Objects, after: Objects) -> ObjectCounts:
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


def unexplained(before: Objects, after: Objects) -> Iterator[Change]:
    """The rendered objects that differ, by name: for a change that no other comparison has a word for."""
    yield from _differing("objects", _kept(before, own=False), _kept(after, own=False))


def manifests(before: Objects, after: Objects) -> Iterator[Change]:
    """The project's own manifests that differ, by name: no setting speaks of them, so nothing else does."""
    yield from _differing("manifests", _kept(before, own=True), _kept(after, own=True))


def _kept(found: Objects, *, own: bool) -> Objects:
    return {key: one for key, one in found.items() if _own(one) is own}


def _differing(area: str, before: Objects, after: Objects) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            yield Change(area, str(key), Effect.REMOVED)
        elif key not in before:
            yield Change(area, str(key), Effect.ADDED)
        elif before[key].body != after[key].body:
            yield Change(area, str(key), Effect.CHANGED)


def training_job(found: Objects) -> str:
    """The training Job's name; empty where there is none."""
    return next((key.name for key, one in found.items() if key.kind == "Job" and not _own(one)), "")


def alerts(before: Objects, after: Objects) -> Iterator[Change]:
    """Alerts by name: gone, new, or with another expression or hold time; to whom they go is told once, by the spec."""
    old, new = _alerts(before), _alerts(after)
    for name in (*old, *(name for name in new if name not in old)):
        if name not in new:
            yield Change("alerts", name, Effect.REMOVED)
        elif name not in old:
            yield Change("alerts", name, Effect.ADDED)
        elif old[name] != new[name]:
            yield from _alert_changed(name, old[name], new[name])


def _alert_changed(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    words = []
    if old["expr"] != new["expr"]:
        before, after = (str(rule["expr"]).rpartition(" ") for rule in (old, new))
        words.append(f"fires at {before[2]} → {after[2]}" if before[0] == after[0] else "looks at something else")
    for key, noun in (("for", "after"), ("labels", "labels")):
        if old.get(key) != new.get(key):
            shown = f" {old.get(key)} → {new.get(key)}" if key == "for" else ""
            words.append(f"{noun}{shown}")
    yield Change("alerts", f"{name} {', '.join(words)}" if words else f"{name} text", Effect.CHANGED)


def _own(resource: Resource) -> bool:
    """Whether it is a manifest of the project's own, which may look like anything."""
    return (resource.body["metadata"].get("labels") or {}).get(COMPONENT) == MANIFESTS


def _alerts(found: Objects) -> dict[str, dict[str, Any]]:
    return {
        rule["alert"]: {**rule, "labels": {key: rule["labels"][key] for key in rule["labels"] if key != "channels"}}
        for key, resource in found.items()
        if key.kind == "PrometheusRule" and not _own(resource)
        for group in resource.body["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
