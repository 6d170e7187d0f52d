"""Desired against live, by content digest: what is new, what differs, what is the same, what left git."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.resource import Resource, ResourceKey


@dataclass(frozen=True, slots=True)
class Difference:
    """``gone`` is owned, live and no longer desired; ``lost`` is owned, not desired, and not there any more."""

    new: tuple[Resource, ...]
    changed: tuple[Resource, ...]
    same: tuple[Resource, ...]
    gone: tuple[ResourceKey, ...]
    lost: tuple[ResourceKey, ...]

    @property
    def drift(self) -> int:
        """How many objects are not as git wants them."""
        return len(self.new) + len(self.changed) + len(self.gone)


def differ(desired: Iterable[Resource], live: Iterable[LiveResource], owned: Collection[ResourceKey]) -> Difference:
    """Compare; objects that are live, but neither desired nor owned, are somebody else's and appear nowhere."""
    digests = {one.key: one.digest for one in live}
    wanted = {one.key: one for one in sorted(desired, key=lambda one: one.key)}
    left = sorted(key for key in owned if key not in wanted)
    return Difference(
        new=tuple(one for key, one in wanted.items() if key not in digests),
        changed=tuple(one for key, one in wanted.items() if key in digests and digests[key] != one.digest),
        same=tuple(one for key, one in wanted.items() if digests.get(key) == one.digest),
        gone=tuple(key for key in left if key in digests),
        lost=tuple(key for key in left if key not in digests),
    )
