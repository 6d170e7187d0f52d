"""The form of a manifest: one object that says what it is and what it is called, and nothing of what a cluster adds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlops_gitops.compiler.paths import dotted, value_at
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic

CODE = "MG258"
NAMED: tuple[Path, ...] = (("apiVersion",), ("kind",), ("metadata", "name"))
"""What an object is known by."""

# RBAC allows colons and capitals in names.
_FREELY_NAMED = frozenset({"Role", "RoleBinding"})
_NAME_OF_AN_OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST = 253
# A group has a version after a slash; the core group has no name, and `v1` alone.
_API = re.compile(r"v1|[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[a-z]([-a-z0-9]*[a-z0-9])?")
_KIND = re.compile(r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?")
# Copied from a cluster, some of these make it refuse the object, the rest says what was once.
_OF_THE_CLUSTER: tuple[Path, ...] = (
    *(
        ("metadata", key)
        for key in str.split(
            "creationTimestamp deletionGracePeriodSeconds deletionTimestamp generation managedFields resourceVersion"
            " selfLink uid"
        )
    ),
    ("status",),
)


def no_object(source: Source) -> Diagnostic | None:
    """MG258: why a file is not one named object."""
    if not isinstance(source.data, dict):
        return finding(source, (), "a manifest is one object, a mapping", "write apiVersion, kind and metadata.name")
    if str(source.data.get("kind")).endswith("List") and isinstance(source.data.get("items"), list):
        return finding(source, ("kind",), "a list of objects is not read", "write one object a file")
    generated: Path = ("metadata", "generateName")
    if value_at(source.data, generated) is not None:
        message = "a generated name is another one each time the object is applied"
        return finding(source, generated, message, "write metadata.name, and remove generateName")
    return _unnamed(source) or _misspelt(source)


def of_the_cluster(source: Source) -> Iterator[Diagnostic]:
    """MG258: fields that a cluster fills in."""
    for path in _OF_THE_CLUSTER:
        if value_at(source.data, path) is not None:
            yield finding(source, path, f"{dotted(path)} is the cluster's to say, not git's", "leave it out")


def finding(source: Source, path: Path, message: str, todo: str) -> Diagnostic:
    """MG258 at a key of a manifest."""
    return Diagnostic(CODE, message, source.spans.key(path), file=source.file, help=todo)


def _unnamed(source: Source) -> Diagnostic | None:
    for path in NAMED:
        value = value_at(source.data, path)
        if not (isinstance(value, str) and value.strip()):
            missing = value in (None, "")
            message = f"the manifest has no {dotted(path)}" if missing else f"{dotted(path)} must be text"
            return finding(source, path, message, "an object is known by apiVersion, kind and name")
    return None


def _misspelt(source: Source) -> Diagnostic | None:
    api, kind, name = (str(value_at(source.data, path)) for path in NAMED)
    if not _API.fullmatch(api):
        return finding(source, NAMED[0], f"`{api}` is no API version", "write v1, or group/version: apps/v1")
    if not _KIND.fullmatch(kind):
        return finding(source, NAMED[1], f"`{kind}` is no kind", "write it as Kubernetes does: ConfigMap")
    if kind not in _FREELY_NAMED and not (_NAME_OF_AN_OBJECT.fullmatch(name) and len(name) <= _LONGEST):
        legal = f"lower-case letters, digits, '-' and '.', at most {_LONGEST}; a letter or digit first and last"
        return finding(source, NAMED[-1], f"`{name}` cannot be an object's name", legal)
    return None
