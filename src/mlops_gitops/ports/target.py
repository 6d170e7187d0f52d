"""Where resources live: a Kubernetes cluster, or this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.health import Health
from mlops_gitops.records.resource import Resource, ResourceKey


class Target(Protocol):
    """One environment's resources. Every method may raise ``OutsideError``; each is safe to repeat."""

    name: str

    def live(self) -> Iterable[LiveResource]:
        """All objects that this target holds for the environment."""
        ...

    def apply(self, resource: Resource, commit: str) -> None:
        """Create or change one object; returns once it is accepted, not once it is healthy."""
        ...

    def delete(self, key: ResourceKey) -> None:
        """Stop and remove one object; nothing happens where it is not there."""
        ...

    def health(self, key: ResourceKey) -> Health:
        """The object's health now."""
        ...

    def endpoint(self, service: str) -> str | None:
        """Base URL of a Service, or ``None`` where it has none yet."""
        ...
