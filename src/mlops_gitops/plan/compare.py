"""Two compilations to one plan: project by project, environment by environment, gates first.

Nothing that would change may go unsaid: where objects differ and no comparison has a word for it, they are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlops_gitops.compiler.driver import Compilation
from mlops_gitops.compiler.provenance import PLATFORM_FOLDER
from mlops_gitops.plan import gates, objects, surroundings, workloads
from mlops_gitops.plan.change import Change, Effect, ObjectCounts, Plan, ProjectPlan, merge_environments
from mlops_gitops.plan.objects import Objects, resources
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.stages import StageName

PLATFORM = "platform"


def compare(
    before: Compilation, after: Compilation, names: tuple[str, str], committed: Mapping[str, bytes] | None = None
) -> Plan:
    """What it means to go from one compilation to the other; ``names`` are how they are called.

    Both sides are compiled by the compiler of today.  ``committed`` are the rendered files as the base has them: where
    they are not what its sources mean today, a newer compiler (or a hand) changes what runs.
    """
    plans = [_project(before, after, name) for name in sorted(_names(before) | _names(after))]
    platform = _platform(before, after)
    if platform.changes:
        plans.insert(0, platform)
    if committed:
        plans = [_with_compiler(plan, committed, after) for plan in plans]
    warnings = tuple(
        f"{diagnostic.where}: {diagnostic.message}"
        for diagnostic in after.findings.warnings
        if _said(diagnostic.message, before) is False
    )
    return Plan(*names, tuple(plans), (_gpus(before), _gpus(after)), warnings)


def _names(side: Compilation) -> set[str]:
    return {project.name for project in side.projects}


def _said(message: str, side: Compilation) -> bool:
    """Whether a side had the same warning, wherever it stood: a line added above it makes no new one."""
    return any(message == warning.message for warning in side.findings.warnings)


def _project(before: Compilation, after: Compilation, name: str) -> ProjectPlan:
    old, new = before.project(name), after.project(name)
    counts = ObjectCounts()
    for environment in _environments(old, new):
        counts += objects.count(*_sides(before, after, name, environment))
    if old is None or new is None:
        word, effect = ("new project", Effect.ADDED) if new else ("project removed", Effect.REMOVED)
        return ProjectPlan(name, (Change("project", word, effect),), counts)
    return ProjectPlan(name, merge_environments(_changes(before, after, old, new)), counts)


def _environments(old: Project | None, new: Project | None) -> tuple[str, ...]:
    names = (environment.name for side in (old, new) if side for environment in side.environments)
    return tuple(dict.fromkeys(names))


def _sides(before: Compilation, after: Compilation, project: str, environment: str) -> tuple[Objects, Objects]:
    return resources(before.files, project, environment), resources(after.files, project, environment)


def _changes(before: Compilation, after: Compilation, old: Project, new: Project) -> Iterator[tuple[str, Change]]:
    for change in surroundings.contract(old.contract, new.contract):
        yield "", change
    for environment in new.environments:
        former = old.environment(environment.name)
        if former is None:
            yield environment.name, Change("environment", f"{environment.name} is new", Effect.ADDED)
            continue
        sides = _sides(before, after, new.name, environment.name)
        jobs = objects.training_job(sides[0]), objects.training_job(sides[1])
        said = [*_environment(old, new, (former, environment), jobs), *objects.alerts(*sides)]
        for change in said or objects.unexplained(*sides):
            yield environment.name, change
    for environment in old.environments:
        if new.environment(environment.name) is None:
            yield environment.name, Change("environment", f"{environment.name} is gone", Effect.REMOVED)


def _environment(
    old: Project, new: Project, pair: tuple[Environment, Environment], jobs: tuple[str, str]
) -> Iterator[Change]:
    before, after = pair[0].spec, pair[1].spec
    yield from gates.compare(before, after)
    yield from workloads.pipeline(before, after)
    yield from workloads.training(old, new, pair, jobs)
    yield from workloads.serving(pair)
    yield from workloads.settings(before, after)
    yield from surroundings.platform(old, new, pair)


def _platform(before: Compilation, after: Compilation) -> ProjectPlan:
    """What is one for all projects: namespaces and shared claims."""
    environments = dict.fromkeys(
        name for side in (before, after) if side.platform for name in side.platform.environments
    )
    counts, changes = ObjectCounts(), list[tuple[str, Change]]()
    for name in environments:
        sides = _sides(before, after, PLATFORM_FOLDER, name)
        counts += objects.count(*sides)
        changes.extend((name, change) for change in objects.unexplained(*sides))
    return ProjectPlan(PLATFORM, merge_environments(changes), counts)


def _with_compiler(plan: ProjectPlan, committed: Mapping[str, bytes], after: Compilation) -> ProjectPlan:
    """A project whose sources say the same, and whose committed files are not what they mean today."""
    if plan.changes:
        return plan
    folder = f"rendered/{plan.project}/"
    old, new = ({p: c for p, c in files.items() if p.startswith(folder)} for files in (committed, after.files))
    if old == new:
        return plan
    counts = ObjectCounts()
    for environment in dict.fromkeys(path.split("/")[2] for path in (*old, *new) if path.count("/") > 2):
        counts += objects.count(*(resources(files, plan.project, environment) for files in (old, new)))
    return ProjectPlan(plan.project, (), counts, only_compiler=True)


def _gpus(side: Compilation) -> int:
    return sum(
        environment.spec.training_devices().count * environment.spec.training.workers
        for project in side.projects
        for environment in project.environments
        if StageName.MODEL_TRAINING in environment.spec.pipeline.stages
    )
