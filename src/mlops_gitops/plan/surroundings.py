"""What stands around a project compared: its data contract, and what the platform sets for an environment."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.plan.change import Change, Effect
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.contract import DataContract


def contract(old: DataContract, new: DataContract) -> Iterator[Change]:
    """Columns that come, go and change, and what they are used for."""
    before, after = ({column.name: column for column in one.columns} for one in (old, new))
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change("data", f"column {name}", Effect.REMOVED)
        elif name not in before:
            yield Change("data", f"column {name}", Effect.ADDED, after[name].role)
        elif before[name] != after[name]:
            fields = [key for key in type(after[name]).model_fields if _differ(before[name], after[name], key)]
            yield Change("data", f"column {name}", Effect.CHANGED, ", ".join(fields))
    for key in ("source", "generator", "label", "positive", "time", "groups"):
        if _differ(old, new, key):
            yield Change("data", f"{key} {_shown(getattr(old, key))} → {_shown(getattr(new, key))}", Effect.CHANGED)


def data(old: Project, new: Project) -> Iterator[Change]:
    """Which version of the data the pointer names."""
    if old.data_digest != new.data_digest:
        text = f"version {_short(old.data_digest)} → {_short(new.data_digest)}"
        yield Change("data", text, Effect.CHANGED)


def _short(digest: str) -> str:
    kind, _, value = digest.partition(":")
    return f"{kind}:{value[:10]}" if value else "none"


def platform(old: Project, new: Project, pair: tuple[Environment, Environment]) -> Iterator[Change]:
    """Where an environment runs, and which images."""
    before, after = pair
    if before.settings.namespace != after.settings.namespace:
        text = f"namespace {before.settings.namespace} → {after.settings.namespace}"
        yield Change("platform", text, Effect.REPLACED, "every object moves")
    if (before.settings.cluster, before.cluster) != (after.settings.cluster, after.cluster):
        text = f"cluster {_cluster(before)} → {_cluster(after)}"
        yield Change("platform", text, Effect.REPLACED if _moved(before, after) else Effect.CHANGED)
    for name in ("runner", "server"):
        former, image = getattr(old.platform.images, name), getattr(new.platform.images, name)
        if (old.platform.registry, former) != (new.platform.registry, image):
            yield Change("platform", f"image of the {name}", Effect.CHANGED, "pods are replaced")


def _moved(before: Environment, after: Environment) -> bool:
    return (before.cluster.kind, before.cluster.context) != (after.cluster.kind, after.cluster.context)


def _cluster(environment: Environment) -> str:
    cluster = environment.cluster
    return f"{environment.settings.cluster} ({cluster.kind} {cluster.kubernetes_version})"


def _differ(before: object, after: object, key: str) -> bool:
    return bool(getattr(before, key) != getattr(after, key))


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return "none" if value is None else str(value)
