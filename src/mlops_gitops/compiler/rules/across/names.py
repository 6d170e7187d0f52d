"""Rules about names: what two projects are called, and what they render, can be told apart by every reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlops_gitops.compiler.inputs import CONFIG, PROJECTS
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic

if TYPE_CHECKING:
    from mlops_gitops.records.summary import ObjectName, Summary


def distinct(repository: Repository) -> Iterator[Diagnostic]:
    """MG280."""
    first: dict[str, str] = {}
    for name in repository.names:
        other = first.setdefault(_normal(name), name)
        if other != name:
            yield Diagnostic(
                "MG280",
                f"`{name}` and `{other}` are one name where case, `_` and `-` do not count",
                file=f"{PROJECTS}/{name}/{CONFIG}",
                help="rename one of the folders: file systems, metric names and alerts could not tell them apart",
            )
    yield from _same_objects(repository)


def _normal(name: str) -> str:
    return name.casefold().replace("_", "-")


def _same_objects(repository: Repository) -> Iterator[Diagnostic]:
    """Objects stand in an environment's cluster: one cluster may hold several environments."""
    clusters = {name: settings.cluster for name, settings in repository.platform.environments.items()}
    first: dict[tuple[str, ...], Summary] = {}
    for summary in repository.summaries:
        told = set[str]()
        for one in summary.objects:
            key = (clusters.get(one.environment, ""), one.namespace, one.group, one.kind, one.name)
            other = first.setdefault(key, summary)
            if other.name not in (summary.name, *told):
                told.add(other.name)  # One word about a pair is enough.
                yield _same_object(summary, other, one)


def _same_object(mine: Summary, other: Summary, one: ObjectName) -> Diagnostic:
    from mlops_gitops.records.summary import object_place

    namespace = f" in namespace `{one.namespace}`" if one.namespace else ""
    place = object_place(one.group, one.kind, one.name)
    verb = f"have {one.maker} make" if one.maker else "render"
    written = mine.span(place) or other.span(place)
    return Diagnostic(
        "MG280",
        f"`{mine.name}` and `{other.name}` both {verb} {one.kind} `{one.name}`{namespace} of {one.environment}",
        written,
        file=f"{mine.folder}/{CONFIG}",
        help=f"rename {'this object' if written else 'one of the projects'}: it can say only what one of them means",
    )
