"""A resource: one cluster object, and the key that tells it from all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.labels import PROJECT


@dataclass(frozen=True, slots=True, order=True)
class ResourceKey:
    """Identity of an object; the version of ``apiVersion`` is left out because servers convert between versions."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A cluster object as rendered (``body`` is its full mapping, never changed after parsing)."""

    key: ResourceKey
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Resource:
        """Key an object by its own fields; raises ``KeyError`` where apiVersion, kind or a name is missing."""
        api_version, metadata = body["apiVersion"], body["metadata"]
        group = api_version.partition("/")[0] if "/" in api_version else ""
        return cls(ResourceKey(group, body["kind"], metadata.get("namespace", ""), metadata["name"]), body)

    @property
    def digest(self) -> str:
        """Digest of all that runs; annotations of the object itself are left out, they only describe."""
        metadata = {key: value for key, value in self.body["metadata"].items() if key != "annotations"}
        return digest_of({**self.body, "metadata": metadata})

    @property
    def project(self) -> str:
        """The project that the object's labels name, or nothing."""
        return str(self.body["metadata"].get("labels", {}).get(PROJECT, ""))
