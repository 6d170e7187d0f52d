"""What one environment's reconciler has made, and so may remove.

The inventory is the only licence to prune.  It is written before the first change as the union of old and new (a crash
then leaves nothing unowned) and after the last one without what was pruned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.resource import Resource, ResourceKey


@dataclass(frozen=True, slots=True)
class Inventory:
    """``owned``: key → project.  ``commits``: project → the last commit that was applied in full."""

    owned: Mapping[ResourceKey, str] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)

    def including(self, desired: Iterable[Resource]) -> Inventory:
        """Old ∪ new: what is to be written before the first change."""
        return Inventory({**self.owned, **{one.key: one.project for one in desired}}, self.commits)

    def without(self, keys: Iterable[ResourceKey]) -> Inventory:
        """What is left once some were pruned."""
        gone = set(keys)
        return Inventory({key: name for key, name in self.owned.items() if key not in gone}, self.commits)

    def at(self, commit: str, projects: Iterable[str]) -> Inventory:
        """The same objects, these projects now standing at a commit; projects that own nothing are forgotten."""
        commits = {**self.commits, **dict.fromkeys(projects, commit)}
        owners = set(self.owned.values())
        return Inventory(self.owned, {name: value for name, value in commits.items() if name in owners})

    def of_project(self, project: str) -> frozenset[ResourceKey]:
        """The keys that one project owns."""
        return frozenset(key for key, owner in self.owned.items() if owner == project)

    def to_plain(self) -> dict[str, Any]:
        """Plain data, sorted."""
        owned = [
            {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name, "project": project}
            for key, project in sorted(self.owned.items())
        ]
        return {"version": 1, "owned": owned, "commits": dict(sorted(self.commits.items()))}

    @classmethod
    def from_plain(cls, plain: Any) -> Inventory:
        """Read plain data back; raises ``OutsideError`` where it is not an inventory (never guess what to prune)."""
        try:
            owned = {
                ResourceKey(one["group"], one["kind"], one["namespace"], one["name"]): str(one["project"])
                for one in plain["owned"]
            }
            return cls(owned, dict(plain["commits"]))
        except (KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                "the inventory is damaged",
                why=f"{type(error).__name__}: {error}",
                todo="remove it and reconcile again: everything in git is adopted, nothing is pruned",
            ) from error
