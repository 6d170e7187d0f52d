"""Plan, asked of the clusters: what each object of the change would come to, and which Jobs run that left git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlops_gitops.plan.change import LiveChange
from mlops_gitops.ports.dry_run import DryRun, Outcome
from mlops_gitops.reconciler.resources import parse_resources
from mlops_gitops.records.resource import Resource


def ask(files: Mapping[str, bytes], clusters: Mapping[str, DryRun]) -> tuple[LiveChange, ...]:
    """``files`` are the rendered ones of the change, ``clusters`` those to ask, by environment."""
    return tuple(change for name, cluster in clusters.items() for change in _environment(files, name, cluster))


def _environment(files: Mapping[str, bytes], environment: str, cluster: DryRun) -> Iterator[LiveChange]:
    mine = {path: content for path, content in files.items() if path.split("/")[2:3] == [environment]}
    wanted = parse_resources(mine, environment)
    for tried in cluster.try_apply(wanted):
        yield LiveChange(environment, tried.object, tried.outcome.value, tried.why)
    for namespace, name in cluster.running_jobs(_namespaces(wanted)):
        if not any((one.key.kind, one.key.namespace, one.key.name) == ("Job", namespace, name) for one in wanted):
            why = "it left git and still runs: it is kept to its end"
            yield LiveChange(environment, f"Job/{name} in {namespace}", Outcome.KEEP.value, why)


def _namespaces(resources: tuple[Resource, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.key.namespace for one in resources if one.key.namespace))
