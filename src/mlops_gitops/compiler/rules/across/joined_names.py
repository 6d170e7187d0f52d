"""Rules about names that are joined from a project's and other words: each one means one project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlops_gitops.compiler.inputs import CONFIG
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic

if TYPE_CHECKING:
    from mlops_gitops.records.summary import Summary

_VERSION = r"(.+)-v[0-9]+"


def one_meaning(repository: Repository) -> Iterator[Diagnostic]:
    """MG281."""
    first: dict[str, Summary] = {}
    for summary in repository.summaries:
        told = set[str]()
        for name in summary.alerts:
            other = first.setdefault(name, summary)
            if other.name not in (summary.name, *told):
                told.add(other.name)  # One word about a pair is enough.
                message = f"`{other.name}` and `{summary.name}` both have the alert `{name}`"
                todo = "rename one of the projects, or the metric: a silence of one alert would silence the other"
                yield _finding(summary, message, todo)
    yield from _versions(repository)


def _versions(repository: Repository) -> Iterator[Diagnostic]:
    """KServe names what serves version 3 of `fraud` beside another one as it names what serves `fraud-v3`."""
    served = {one.name: _places(repository, one) for one in repository.summaries}
    for summary in repository.summaries:
        match = re.fullmatch(_VERSION, summary.name)
        if match and served[summary.name] & served.get(match[1], set()):
            message = f"KServe cannot tell `{summary.name}` from a version of `{match[1]}` beside another one"
            todo = f"rename one of the projects: both would have a Deployment `{summary.name}-predictor`"
            yield _finding(summary, message, todo)


def _places(repository: Repository, summary: Summary) -> set[tuple[str, str]]:
    """Clusters and namespaces in which KServe serves a project, now or after its first release."""
    from mlops_gitops.compiler.given_names import KSERVE

    clusters = {name: settings.cluster for name, settings in repository.platform.environments.items()}
    runtimes = (one for one in summary.objects if (one.group, one.kind) == (KSERVE, "ServingRuntime"))
    return {
        (clusters.get(one.environment, ""), one.namespace) for one in runtimes if one.name == f"{summary.name}-serving"
    }


def _finding(summary: Summary, message: str, todo: str) -> Diagnostic:
    return Diagnostic("MG281", message, file=f"{summary.folder}/{CONFIG}", help=todo)
