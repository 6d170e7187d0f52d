"""What one project says to the rest of the repository: all that rules across projects and repository targets may see.

A project is compiled by itself, maybe in another process, maybe last week: what is one for the repository is made from
these small records alone.  Fields are plain values (text, numbers, tuples, mappings of them), so that a summary can be
kept as JSON and come back as it was; whoever needs to see more of a project adds a field here and fills it in
``compiler/summarise.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from mlops_gitops.diagnostics import Span


class ObjectName(NamedTuple):
    """One rendered cluster object, by what tells it apart from all others of its environment."""

    environment: str
    namespace: str
    group: str
    """Of its API, without the version: one object is served in several versions of a group."""
    kind: str
    name: str
    maker: str = ""
    """Who makes it in the cluster from a rendered object; empty for what is rendered itself."""


Place = tuple[str, int, int, int]
"""File, line, column and the column after the last."""


def object_place(group: str, kind: str, name: str) -> str:
    """The key among a summary's places of an object that the project brings itself."""
    return f"manifests.{group}/{kind}/{name}"


@dataclass(frozen=True, slots=True)
class Summary:
    """One compiled project.  Mappings ``by environment`` hold an entry for each environment that has any."""

    name: str
    ci: str | None
    """The project's `stack.ci_cd`: written, or its profile's."""
    contract: str
    """Path of the data contract from the project's folder."""
    triggers: Mapping[str, Any]
    """`pipeline.triggers` as plain data."""
    owners: tuple[str, ...]
    approvers: tuple[str, ...]
    """`governance.approvers`."""
    risk_class: str
    gpus: Mapping[str, Mapping[str, int]]
    """By environment: devices that a training run and all serving replicas may hold at once, by resource name."""
    channels: Mapping[str, tuple[str, ...]]
    """By environment: the alert channels that are used."""
    objects: tuple[ObjectName, ...]
    """Every cluster object that is rendered for the project, and what a cluster is known to make from it."""
    outside: tuple[str, ...]
    """Rendered files that must stand outside of ``rendered/``."""
    packages: tuple[str, ...] = ()
    """Paths of the files that say which packages its code needs."""
    alerts: tuple[str, ...] = ()
    """The names of its rendered alerts."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where values that rules across projects speak of were written: dotted key, ``@environment`` appended."""

    @property
    def folder(self) -> str:
        """The project's folder from the repository root."""
        return f"projects/{self.name}"

    def span(self, key: str, environment: str = "") -> Span | None:
        """Where a key was written, or the nearest parent of it; see ``compiler/summarise.py`` for the keys."""
        place = self.places.get(f"{key}@{environment}") or self.places.get(f"{key}@")
        return Span(*place) if place else None

    def plain(self) -> dict[str, Any]:
        """As JSON would have it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of_plain(cls, data: Mapping[str, Any]) -> Summary:
        """Back from JSON; raises ``TypeError`` where ``data`` is no summary of this version."""
        values = {key: _tupled(value) for key, value in data.items()}
        values["objects"] = tuple(ObjectName(*one) for one in values.get("objects", ()))
        return cls(**values)


def _tupled(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_tupled(item) for item in value)
    if isinstance(value, dict):
        return {key: _tupled(item) for key, item in value.items()}
    return value
