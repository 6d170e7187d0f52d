"""What a target reports of a resource that it holds: the digest that was applied, who owns it, from which commit."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.records.resource import ResourceKey


@dataclass(frozen=True, slots=True)
class LiveResource:
    """One object as the target holds it; ``digest`` is that of the resource as applied (``Resource.digest``)."""

    key: ResourceKey
    digest: str
    project: str
    commit: str = ""
