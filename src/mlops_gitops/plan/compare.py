"""Two compilations to one plan: project by project, environment by environment, gates first."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.driver import Compilation
from mlops_gitops.plan import gates, objects, workloads
from mlops_gitops.plan.change import Change, Effect, ObjectCounts, Plan, ProjectPlan, merge_environments
from mlops_gitops.records.project import Environment, Project


def compare(before: Compilation, after: Compilation, base: str, head: str) -> Plan:
    """What it means to go from one compilation to the other; ``base`` and ``head`` are how they are called."""
    names = sorted({project.name for side in (before, after) for project in side.projects})
    plans = tuple(_project(before, after, name) for name in names)
    warnings = tuple(
        f"{diagnostic.where}: {diagnostic.message}"
        for diagnostic in after.findings.warnings
        if diagnostic not in before.findings.warnings
    )
    return Plan(base, head, plans, (_gpus(before), _gpus(after)), warnings)


def _project(before: Compilation, after: Compilation, name: str) -> ProjectPlan:
    old, new = before.project(name), after.project(name)
    folder = f"rendered/{name}"
    counts = ObjectCounts()
    for environment in _environments(old, new):
        sides = (objects.resources(side.files, f"{folder}/{environment}") for side in (before, after))
        counts += objects.count(*sides)
    if old is None or new is None:
        word, effect = ("new project", Effect.ADDED) if new else ("project removed", Effect.REMOVED)
        return ProjectPlan(name, (Change("project", word, effect),), counts)
    changes = merge_environments(_changes(before, after, old, new))
    same_files = all(before.files.get(p) == after.files.get(p) for p in {*before.files, *after.files} if folder in p)
    only_compiler = not changes and not same_files and old == new
    return ProjectPlan(name, changes, counts, only_compiler)


def _environments(old: Project | None, new: Project | None) -> tuple[str, ...]:
    names = (environment.name for side in (old, new) if side for environment in side.environments)
    return tuple(dict.fromkeys(names))


def _changes(before: Compilation, after: Compilation, old: Project, new: Project) -> Iterator[tuple[str, Change]]:
    for environment in new.environments:
        former = old.environment(environment.name)
        if former is None:
            yield environment.name, Change("environment", f"{environment.name} is new", Effect.ADDED)
            continue
        folder = f"rendered/{new.name}/{environment.name}"
        sides = tuple(objects.resources(side.files, folder) for side in (before, after))
        for change in _environment(old, new, (former, environment)):
            yield environment.name, change
        for change in objects.alerts(*sides):
            yield environment.name, change
    for environment in old.environments:
        if new.environment(environment.name) is None:
            yield environment.name, Change("environment", f"{environment.name} is gone", Effect.REMOVED)


def _environment(old: Project, new: Project, pair: tuple[Environment, Environment]) -> Iterator[Change]:
    before, after = pair[0].spec, pair[1].spec
    yield from gates.compare(before, after)
    yield from workloads.pipeline(before, after)
    yield from workloads.training(old, new, pair)
    yield from workloads.serving(pair)
    yield from workloads.settings(before, after)


def _gpus(side: Compilation) -> int:
    return sum(environment.spec.training.accelerator.count for p in side.projects for environment in p.environments)
