"""What of a project's manifests can be taken: one named object a file, in its environment's namespace, and no secret.

What needs no rendering is looked at here; whether a rendered object has the same name is known after rendering.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mlops_gitops.compiler.manifests.apis import served
from mlops_gitops.compiler.manifests.scopes import CLUSTER_SCOPED
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.labels import NAME, labels
from mlops_gitops.spec.platform import PlatformSpec

CODE = "MG258"
_NAMED: tuple[Path, ...] = (("apiVersion",), ("kind",), ("metadata", "name"))
# What the render says of every object; whose it is hangs on them.
_OURS = frozenset(labels("", "", "")) - {NAME}

# RBAC allows colons and capitals in names.
_FREELY_NAMED = frozenset({"Role", "RoleBinding"})
_NAME_OF_AN_OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST = 253

Identity = tuple[str, str, str]
"""Group, kind and name: what a namespace holds once."""


def checked(sources: Mapping[str, Source], platform: PlatformSpec, told: Iterable[str]) -> Iterator[Diagnostic]:
    """MG257 and MG258; ``told`` are the files in which a secret was found already."""
    first, with_secrets = dict[Identity, str](), frozenset(told)
    for source in sources.values():
        if source.data is None or Findings(source.diagnostics).errors:
            continue
        if problem := _no_object(source):
            yield problem
            continue
        api, kind, name = (str(value_at(source.data, path)) for path in _NAMED)
        yield from served(source, api, kind, platform)
        yield from _placed(source, kind, platform)
        yield from _labelled(source)
        if kind == "Secret" and source.file not in with_secrets:
            yield from _secret(source)
        identity = (_group(api), kind, name)
        if (other := first.setdefault(identity, source.file)) != source.file:
            message = f"{kind} `{name}` stands in {other} too"
            yield _finding(source, ("metadata", "name"), message, "give one of them another name")


def collisions(sources: Mapping[str, Source], artifacts: Iterable[Artifact], folder: str) -> Iterator[Diagnostic]:
    """MG258: a name that a rendered object of the project has; ``folder`` is the artifacts' folder of manifests."""
    others = dict[Identity, str]()
    for artifact in artifacts:
        if artifact.environment and f"/{artifact.environment}/{folder}/" not in artifact.path:
            documents = artifact.content if isinstance(artifact.content, list) else [artifact.content]
            others.update((_identity(one), artifact.path) for one in documents if value_at(one, ("kind",)))
    for source in sources.values():
        if path := others.get(identity := _identity(source.data)):
            message = f"{identity[1]} `{identity[2]}` is rendered already: {path}"
            yield _finding(source, ("metadata", "name"), message, "give it another name: one would overwrite the other")


def value_at(data: Plain, path: Path) -> Plain:
    """What stands at a path of keys; nothing where there is none."""
    for key in path:
        data = data.get(str(key)) if isinstance(data, dict) else None
    return data


def _no_object(source: Source) -> Diagnostic | None:
    if not isinstance(source.data, dict):
        return _finding(source, (), "a manifest is one object, a mapping", "write apiVersion, kind and metadata.name")
    for path in _NAMED:
        value = value_at(source.data, path)
        if not (isinstance(value, str) and value.strip()):
            missing = value in (None, "")
            message = f"the manifest has no {dotted(path)}" if missing else f"{dotted(path)} must be text"
            return _finding(source, path, message, "an object is known by apiVersion, kind and name")
    if str(source.data["kind"]).endswith("List") and "items" in source.data:
        return _finding(source, ("kind",), "a list of objects is not read", "write one object a file")
    name, kind = str(value_at(source.data, _NAMED[-1])), source.data["kind"]
    if kind not in _FREELY_NAMED and not (_NAME_OF_AN_OBJECT.fullmatch(name) and len(name) <= _LONGEST):
        legal = f"lower-case letters, digits, '-' and '.', at most {_LONGEST}; a letter or digit first and last"
        return _finding(source, _NAMED[-1], f"`{name}` cannot be an object's name", legal)
    return None


def _placed(source: Source, kind: str, platform: PlatformSpec) -> Iterator[Diagnostic]:
    if kind in CLUSTER_SCOPED:
        message = f"{kind} lies in no namespace: it belongs to all projects of a cluster"
        yield _finding(source, ("kind",), message, "leave it to the team that runs the cluster")
        return
    path: Path = ("metadata", "namespace")
    written = value_at(source.data, path)
    if written is None:
        return
    for name, one in platform.environments.items():
        if platform.clusters[one.cluster].kind == "kubernetes" and one.namespace != written:
            message = f"namespace `{written}` is not that of {name}, `{one.namespace}`"
            yield _finding(source, path, message, "leave it out: the namespace of each environment is added")
            return


def _labelled(source: Source) -> Iterator[Diagnostic]:
    for part in ("labels", "annotations"):
        path: Path = ("metadata", part)
        written = value_at(source.data, path)
        if written is not None and not isinstance(written, dict):
            yield _finding(source, path, f"{dotted(path)} is no mapping", "write `name: value` lines below it")
            continue
        for name, value in (written or {}).items():
            if not isinstance(value, str):
                yield _finding(source, (*path, name), f"{dotted((*path, name))} must be text", "quote it")
            if part == "labels" and name in _OURS:
                message = f"label `{name}` is added to every object: whose it is hangs on it"
                yield _finding(source, (*path, name), message, "leave it out")


def _secret(source: Source) -> Iterator[Diagnostic]:
    for part in ("data", "stringData"):
        if value_at(source.data, (part,)):
            todo = "let an ExternalSecret (or a SealedSecret) make it, and name the Secret where it is used"
            yield _finding(source, (part,), f"a Secret's {part} would stand in git for ever", todo)


def _identity(document: Plain) -> Identity:
    api, kind, name = (value_at(document, path) for path in _NAMED)
    return _group(str(api)), str(kind), str(name)


def _group(api: str) -> str:
    return api.rpartition("/")[0]


def _finding(source: Source, path: Path, message: str, todo: str) -> Diagnostic:
    return Diagnostic(CODE, message, source.spans.key(path), file=source.file, help=todo)
