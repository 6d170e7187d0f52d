"""Decide: from what git wants and what is there to an ordered list of steps; adapters only carry them out.

Objects are made in waves, each of which the next may rely on, and removed in the reverse order, after everything else
has become healthy: what is being replaced serves until its replacement does.  Removal is where a mistake is not to be
taken back, so it is fenced: only what the inventory owns, never on an empty render, never beyond a budget, never data,
and never a Job that still runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from itertools import groupby

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.reconciler.diff import Difference, differ
from mlops_gitops.reconciler.inventory import Inventory
from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.labels import IMAGE_PLACEHOLDER
from mlops_gitops.records.resource import Resource, ResourceKey


class Wave(IntEnum):
    """In which order kinds are made; a kind that is not listed runs something.

    Routes come last: what they lead to must be there and ready.
    """

    SCOPES = 0
    CONFIG = 1
    STORAGE = 2
    ACCESS = 3
    SERVICES = 4
    WORKLOADS = 5
    ROUTES = 6


_WAVES = {
    **dict.fromkeys(("Namespace", "CustomResourceDefinition", "PriorityClass"), Wave.SCOPES),
    **dict.fromkeys(("ConfigMap", "Secret", "ResourceQuota", "LimitRange", "ServingRuntime"), Wave.CONFIG),
    **dict.fromkeys(("StorageClass", "PersistentVolume", "PersistentVolumeClaim"), Wave.STORAGE),
    **dict.fromkeys(("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"), Wave.ACCESS),
    **dict.fromkeys(("Service", "NetworkPolicy", "Ingress", "PodDisruptionBudget"), Wave.SERVICES),
    "VirtualService": Wave.ROUTES,
}

# Kinds that hold what no commit can bring back.
_HOLDS_DATA = frozenset({"PersistentVolumeClaim", "PersistentVolume"})


def wave_of(key: ResourceKey) -> Wave:
    """The wave that a kind belongs to."""
    return _WAVES.get(key.kind, Wave.WORKLOADS)


class Action(Enum):
    """What a step does."""

    CREATE = "create"
    CHANGE = "change"
    LEAVE = "leave"
    PRUNE = "prune"
    KEEP = "keep"
    """Left git, but is not removed; the step says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do with one object; ``resource`` is absent where the object left git."""

    action: Action
    key: ResourceKey
    project: str
    resource: Resource | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The waves in order, then the removals in order; ``lost`` only needs to leave the inventory."""

    waves: tuple[tuple[Step, ...], ...]
    removals: tuple[Step, ...]
    lost: tuple[ResourceKey, ...] = ()

    @property
    def all(self) -> tuple[Step, ...]:
        """Every step, in the order of doing."""
        return (*(step for wave in self.waves for step in wave), *self.removals)

    @property
    def mutating(self) -> tuple[Step, ...]:
        """Those that change something."""
        return tuple(step for step in self.all if step.action not in (Action.LEAVE, Action.KEEP))


@dataclass(frozen=True, slots=True)
class ApplyPolicy:
    """What an apply may do.

    At most ``max_prune_count`` objects are pruned at once, and beyond ``small_prune`` of them at most the share
    ``max_prune_share`` of all that is owned; ``prune_confirmed`` lifts both.  ``prune_data`` lets go of claims too.
    """

    max_prune_count: int = 20
    max_prune_share: float = 0.5
    small_prune: int = 5
    prune_confirmed: bool = False
    prune_data: bool = False
    allow_image_placeholders: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """What is known of live objects beyond their digests.

    ``running``: Jobs that still run.  ``failed``: workloads whose roll-out failed, to be tried again.  ``doubtful``:
    objects that an interrupted run may have left half done.
    """

    running: Collection[ResourceKey] = ()
    failed: Collection[ResourceKey] = ()
    doubtful: Collection[ResourceKey] = ()


def decide(
    desired: tuple[Resource, ...],
    live: Iterable[LiveResource],
    inventory: Inventory,
    policy: ApplyPolicy,
    condition: Condition,
) -> Steps:
    """The steps from live to desired; raises ``RefusedError`` where the policy forbids to take them."""
    difference = differ(desired, live, inventory.owned.keys())
    _refuse_empty(desired, difference)
    if not policy.allow_image_placeholders:
        _refuse_placeholders(desired)
    applying = [*(_create(one) for one in difference.new), *(_change(one) for one in difference.changed)]
    applying += [_unchanged(one, condition) for one in difference.same]
    removals = tuple(_removal(key, inventory, policy, condition) for key in _removal_order(difference.gone))
    _refuse_beyond_budget(removals, inventory, policy)
    return Steps(_in_waves(applying), removals, difference.lost)


def _create(resource: Resource) -> Step:
    return Step(Action.CREATE, resource.key, resource.project, resource)


def _change(resource: Resource) -> Step:
    return Step(Action.CHANGE, resource.key, resource.project, resource)


def _unchanged(resource: Resource, condition: Condition) -> Step:
    if resource.key in condition.doubtful:
        why = "an interrupted run was at it: done again"
    elif resource.key in condition.failed and resource.key.kind != "Job":
        why = "its last roll-out failed: tried again"
    else:
        return Step(Action.LEAVE, resource.key, resource.project, resource)
    return Step(Action.CHANGE, resource.key, resource.project, resource, why)


def _removal(key: ResourceKey, inventory: Inventory, policy: ApplyPolicy, condition: Condition) -> Step:
    project = inventory.owned[key]
    if key.kind in _HOLDS_DATA and not policy.prune_data:
        return Step(Action.KEEP, key, project, why="left git, but holds data: kept")
    if key in condition.running:
        return Step(Action.KEEP, key, project, why="left git, but still runs: kept to its end")
    return Step(Action.PRUNE, key, project, why="left git")


def _removal_order(keys: Iterable[ResourceKey]) -> list[ResourceKey]:
    return sorted(keys, key=lambda key: (-wave_of(key), key))


def _in_waves(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    ordered = sorted(steps, key=lambda step: (wave_of(step.key), step.key))
    return tuple(tuple(group) for _, group in groupby(ordered, key=lambda step: wave_of(step.key)))


def _refuse_empty(desired: tuple[Resource, ...], difference: Difference) -> None:
    if not desired and difference.gone:
        raise RefusedError(
            f"nothing is rendered, but {len(difference.gone)} objects are live",
            why="an empty render looks like a mistake: nothing is ever pruned on it",
            todo="check that rendered/ is committed; to remove a project, reconcile without naming it",
        )


def _refuse_placeholders(desired: tuple[Resource, ...]) -> None:
    marked = [str(one.key) for one in desired if IMAGE_PLACEHOLDER in (one.body["metadata"].get("annotations") or {})]
    if marked:
        raise RefusedError(
            f"{len(marked)} objects name a placeholder instead of an image",
            where=", ".join(marked),
            why="no image digest is known, and a cluster could not pull them",
            todo="set the images' digests in projects/platform.yaml and render again",
        )


def _refuse_beyond_budget(removals: tuple[Step, ...], inventory: Inventory, policy: ApplyPolicy) -> None:
    pruned = [step for step in removals if step.action is Action.PRUNE]
    count, owned = len(pruned), len(inventory.owned)
    too_many = count > policy.max_prune_count
    too_large = count > policy.small_prune and count > policy.max_prune_share * owned
    if policy.prune_confirmed or not (too_many or too_large):
        return
    limit = f"{policy.max_prune_count} objects" if too_many else f"{policy.max_prune_share:.0%} of them"
    raise RefusedError(
        f"{count} of {owned} owned objects would be removed; at most {limit} may go at once",
        where=", ".join(str(step.key) for step in pruned),
        why="so many removals look like a mistake; nothing was changed",
        todo="check what left git (`mlops-gitops diff`), then confirm the prune",
    )
