"""Rendered bytes in, resources out.

The files of one environment come from a commit, so they are trusted to be what the compiler wrote; still, a damaged or
doubled object must stop everything before the first change, because a list that is too short would read as "remove the
rest".  All problems are gathered and told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.records.labels import ENVIRONMENT
from mlops_gitops.records.resource import Resource, ResourceKey

# A Prometheus rule file stands beside the objects and is read by promtool, not by a cluster.
_NOT_AN_OBJECT = frozenset({"groups"})


def parse_resources(files: Mapping[str, bytes], environment: str) -> tuple[Resource, ...]:
    """All objects in the YAML files (path → bytes) of an environment, sorted by key.

    Files that do not end in ``.yaml`` are no objects and are passed over.  Raises ``RefusedError`` that lists every
    unreadable file, malformed object, object of another environment, and key that stands twice.
    """
    seen: dict[ResourceKey, tuple[str, Resource]] = {}
    problems: list[str] = []
    for path in sorted(files):
        if not path.endswith(".yaml"):
            continue
        for found in _objects(path, files[path]):
            if isinstance(found, str):
                problems.append(found)
                continue
            other = _environment(found)
            if other and other != environment:
                problems.append(f"{path}: {found.key} says that it belongs to {other}")
            elif found.key in seen:
                problems.append(f"{path}: {found.key} stands in {seen[found.key][0]} too")
            else:
                seen[found.key] = (path, found)
    if problems:
        raise RefusedError(
            f"the rendered tree of {environment} cannot be applied",
            where=problems[0].partition(":")[0],
            why="; ".join(problems),
            todo="run `mlops-gitops render` and commit what it writes",
        )
    return tuple(seen[key][1] for key in sorted(seen))


def _objects(path: str, content: bytes) -> Iterator[Resource | str]:
    """The objects of one file, or a sentence for each document that is none."""
    try:
        documents = list(yaml.load_all(content, Loader=_loader()))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield f"{path}: not YAML: {' '.join(str(error).split())}"
        return
    for number, document in enumerate(documents, start=1):
        if document is None or (isinstance(document, dict) and set(document) == _NOT_AN_OBJECT):
            continue
        yield _resource(path, number, document)


def _resource(path: str, number: int, document: Any) -> Resource | str:
    if not isinstance(document, dict):
        return f"{path}: document {number} is not an object"
    missing = [field for field in ("apiVersion", "kind", "metadata") if not document.get(field)]
    if not missing and not (isinstance(document["metadata"], dict) and document["metadata"].get("name")):
        missing = ["metadata.name"]
    if missing:
        return f"{path}: document {number} has no {' and no '.join(missing)}"
    return Resource.of(document)


def _environment(resource: Resource) -> str:
    return str((resource.body["metadata"].get("labels") or {}).get(ENVIRONMENT, ""))


def _loader() -> Any:
    """The C loader where PyYAML was built with it: 7 times as fast on the same safe types."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
