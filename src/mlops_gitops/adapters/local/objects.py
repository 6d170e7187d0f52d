"""The objects that were applied, and what the agent says of them: one JSON file each, replaced by rename.

Only the command writes objects, only the agent writes status, so neither needs a lock against the other.  Reading is
cached by the file's identity (inode, time, size), because the agent asks many times a second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.state_files import read_json, write_json
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.resource import Resource, ResourceKey


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An applied object; ``generation`` counts how often it was applied."""

    resource: Resource
    generation: int
    commit: str


class ObjectStore:
    """Objects and their status, as files."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._cache: dict[Path, tuple[tuple[int, int, int], StoredObject]] = {}

    def all(self) -> dict[ResourceKey, StoredObject]:
        """Every object; raises ``OutsideError`` where one is damaged."""
        found = {}
        for path in sorted(self._layout.objects.glob("*.json")):
            stored = self._load(path)
            if stored:
                found[stored.resource.key] = stored
        return found

    def get(self, key: ResourceKey) -> StoredObject | None:
        """One object, or nothing."""
        return self._load(self._layout.objects / file_name(key))

    def put(self, resource: Resource, commit: str) -> None:
        """Write an object with the next generation."""
        before = self.get(resource.key)
        generation = before.generation + 1 if before else 1
        record = {"body": resource.body, "generation": generation, "commit": commit}
        write_json(self._layout.objects / file_name(resource.key), record)

    def remove(self, key: ResourceKey) -> None:
        """Forget an object."""
        (self._layout.objects / file_name(key)).unlink(missing_ok=True)

    def status(self, key: ResourceKey) -> dict[str, Any]:
        """What the agent last said of an object; empty before it said anything."""
        return read_json(self._layout.status / file_name(key)) or {}

    def put_status(self, key: ResourceKey, status: Mapping[str, Any] | None) -> None:
        """Write an object's status, or with ``None`` remove it."""
        path = self._layout.status / file_name(key)
        if status is None:
            path.unlink(missing_ok=True)
        else:
            write_json(path, status, durable=False)

    def _load(self, path: Path) -> StoredObject | None:
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        cached = self._cache.get(path)
        if cached and cached[0] == mark:
            return cached[1]
        plain = read_json(path)
        if plain is None:
            return None
        try:
            stored = StoredObject(Resource.of(plain["body"]), int(plain["generation"]), str(plain["commit"]))
        except (KeyError, TypeError, ValueError) as error:
            why = f"{type(error).__name__}: {error}"
            raise OutsideError("a state file is damaged", where=str(path), why=why, todo="remove it") from error
        self._cache[path] = (mark, stored)
        return stored


def file_name(key: ResourceKey) -> str:
    """A file name for a key; Kubernetes' names have no character that a file name may not have."""
    parts = (key.kind, key.group or "core", key.namespace or "-", key.name)
    return "__".join(re.sub(r"[^\w.-]", "_", part) for part in parts) + ".json"
