"""What of a project's manifests can be taken: a named object, in its environment's namespace, and no secret.

What needs no rendering is looked at here; whether a rendered object has the same name is known after rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlops_gitops.compiler.given_names import Identity, group_of, identity_of, made_by_kserve
from mlops_gitops.compiler.manifests.apis import served
from mlops_gitops.compiler.manifests.form import NAMED, finding, no_object, of_the_cluster
from mlops_gitops.compiler.manifests.scopes import is_cluster_scoped
from mlops_gitops.compiler.paths import dotted, value_at
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.labels import NAME, labels
from mlops_gitops.spec.platform import PlatformSpec

# What the render says of every object; whose it is hangs on them.
_OURS = frozenset(labels("", "", "")) - {NAME}


def checked(sources: Mapping[str, Source], platform: PlatformSpec, told: Iterable[str]) -> Iterator[Diagnostic]:
    """MG257 and MG258; ``told`` are the files in which a secret was found already."""
    first, with_secrets = dict[Identity, str](), frozenset(told)
    for source in sources.values():
        if source.data is None or Findings(source.diagnostics).errors:
            continue
        if problem := no_object(source):
            yield problem
            continue
        api, kind, name = (str(value_at(source.data, path)) for path in NAMED)
        yield from served(source, api, kind, platform)
        yield from _placed(source, (group_of(api), kind), platform)
        yield from of_the_cluster(source)
        yield from _labelled(source)
        if kind == "Secret" and source.file not in with_secrets:
            yield from _secret(source)
        identity = (group_of(api), kind, name)
        if (other := first.setdefault(identity, source.file)) != source.file:
            message = f"{kind} `{name}` stands in {other} too"
            yield finding(source, ("metadata", "name"), message, "give one of them another name")


def collisions(sources: Mapping[str, Source], artifacts: Iterable[Artifact], folder: str) -> Iterator[Diagnostic]:
    """MG258: a name that a rendered object of the environment has; ``folder`` is the artifacts' folder of manifests."""
    others = dict[Identity, str]()
    for artifact in artifacts:
        if artifact.environment and f"/{artifact.environment}/{folder}/" not in artifact.path:
            documents = artifact.content if isinstance(artifact.content, list) else [artifact.content]
            for one in documents:
                others.update((made, f"made by KServe from {artifact.path}") for made in made_by_kserve(one))
                if value_at(one, ("kind",)):
                    others[identity_of(one)] = f"rendered already: {artifact.path}"
    for source in sources.values():
        if where := others.get(identity := identity_of(source.data)):
            message = f"{identity[1]} `{identity[2]}` is {where}"
            yield finding(source, ("metadata", "name"), message, "give it another name: one would overwrite the other")


def _placed(source: Source, of: tuple[str, str], platform: PlatformSpec) -> Iterator[Diagnostic]:
    if is_cluster_scoped(*of):
        message = f"{of[1]} lies in no namespace: it belongs to all projects of a cluster"
        yield finding(source, ("kind",), message, "leave it to the team that runs the cluster")
        return
    path: Path = ("metadata", "namespace")
    written = value_at(source.data, path)
    if written is None:
        return
    for name, one in platform.environments.items():
        if platform.clusters[one.cluster].kind == "kubernetes" and one.namespace != written:
            message = f"namespace `{written}` is not that of {name}, `{one.namespace}`"
            yield finding(source, path, message, "leave it out: the namespace of each environment is added")
            return


def _labelled(source: Source) -> Iterator[Diagnostic]:
    for part in ("labels", "annotations"):
        path: Path = ("metadata", part)
        written = value_at(source.data, path)
        if written is not None and not isinstance(written, dict):
            yield finding(source, path, f"{dotted(path)} is no mapping", "write `name: value` lines below it")
            continue
        for name, value in (written or {}).items():
            if not isinstance(value, str):
                yield finding(source, (*path, name), f"{dotted((*path, name))} must be text", "quote it")
            if part == "labels" and name in _OURS:
                message = f"label `{name}` is added to every object: whose it is hangs on it"
                yield finding(source, (*path, name), message, "leave it out")


def _secret(source: Source) -> Iterator[Diagnostic]:
    for part in ("data", "stringData"):
        if value_at(source.data, (part,)):
            todo = "let an ExternalSecret (or a SealedSecret) make it, and name the Secret where it is used"
            yield finding(source, (part,), f"a Secret's {part} would stand in git for ever", todo)
