"""Two compilations to one plan: project by project, environment by environment, gates first.

Nothing that would change may go unsaid: where objects differ and no comparison has a word for it, they are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.plan import devices, findings, gates, objects, receivers, surroundings, workloads
from mlops_gitops.plan.change import Change, Effect, ObjectCounts, Plan, ProjectPlan, merge_environments
from mlops_gitops.plan.objects import Objects, resources
from mlops_gitops.plan.renames import renames
from mlops_gitops.records.layout import PLATFORM_FOLDER
from mlops_gitops.records.project import Environment, Project

PLATFORM = "platform"


def compare(
    before: Compilation, after: Compilation, names: tuple[str, str], committed: Mapping[str, bytes] | None = None
) -> Plan:
    """What it means to go from one compilation to the other; ``names`` are how they are called.

    Both sides are compiled by the compiler of today.  ``committed`` are the rendered files as the base has them: where
    they are not what its sources mean today, a newer compiler (or a hand) changes what runs.
    """
    renamed = _renamed(before, after)
    gone = set(renamed.values())
    plans = [
        _project(before, after, name, renamed.get(name, name))
        for name in sorted(_names(before) | _names(after))
        if name not in gone or name in _names(after)
    ]
    if not before.findings.faults:  # what is one for all is rendered only where every project compiles
        platform = _platform(before, after)
        plans = [platform, *plans] if platform.changes else plans
    if committed:
        plans = [_with_compiler(plan, committed, after) for plan in plans]
    new, fixed = findings.compare(before.findings.diagnostics, after.findings.diagnostics, renamed)
    totals = devices.totals(before.projects, after.projects, (before.platform, after.platform))
    return Plan(*names, tuple(plans), totals, new, fixed)


def _names(side: Compilation) -> set[str]:
    return {project.name for project in side.projects}


def _renamed(before: Compilation, after: Compilation) -> dict[str, str]:
    old, new = _names(before), _names(after)
    return renames(
        [project for project in before.projects if project.name not in new],
        [project for project in after.projects if project.name not in old],
    )


def _project(before: Compilation, after: Compilation, name: str, former: str) -> ProjectPlan:
    old, new = before.project(former), after.project(name)
    counts = {
        environment: counted
        for environment in _environments(old, new)
        if (counted := objects.count(_resources(before, former, environment), _resources(after, name, environment)))
    }
    if old is None or new is None:
        return ProjectPlan(name, (_one_sided(name, new, before),), counts)
    changes = merge_environments(_changes(before, after, old, new))
    if former == name:
        return ProjectPlan(name, changes, counts)
    renamed = Change("project", f"renamed from {former}", Effect.REPLACED, "every object is made anew under its name")
    return ProjectPlan(name, (renamed, *changes), counts, former=former)


def _one_sided(name: str, new: Project | None, before: Compilation) -> Change:
    if new is None:
        return Change("project", "project removed", Effect.REMOVED)
    if name in before.names:
        return Change("project", "all of it is new", Effect.CHANGED, "its base does not compile, so it is not compared")
    return Change("project", "new project", Effect.ADDED)


def _environments(old: Project | None, new: Project | None) -> tuple[str, ...]:
    names = (environment.name for side in (old, new) if side for environment in side.environments)
    return tuple(dict.fromkeys(names))


def _resources(side: Compilation, project: str, environment: str) -> Objects:
    return resources(side.files, project, environment)


def _sides(before: Compilation, after: Compilation, project: str, environment: str) -> tuple[Objects, Objects]:
    return _resources(before, project, environment), _resources(after, project, environment)


def _changes(before: Compilation, after: Compilation, old: Project, new: Project) -> Iterator[tuple[str, Change]]:
    for change in (*surroundings.contract(old.contract, new.contract), *surroundings.data(old, new)):
        yield "", change
    for environment in new.environments:
        former = old.environment(environment.name)
        if former is None:
            yield environment.name, Change("environment", f"{environment.name} is new", Effect.ADDED)
            continue
        sides = _resources(before, old.name, environment.name), _resources(after, new.name, environment.name)
        jobs = objects.training_job(sides[0]), objects.training_job(sides[1])
        said = list(_environment(old, new, (former, environment), jobs))
        if old.name == new.name:  # under another name every object and every alert is another one
            said.extend(objects.alerts(*sides))
            said = said or list(objects.unexplained(*sides))
            said.extend(objects.manifests(*sides))
        for change in said:
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
    yield from workloads.training(old, new, jobs)
    yield from devices.compare(new, pair)
    yield from workloads.serving(pair)
    yield from workloads.settings(pair)
    yield from surroundings.platform(old, new, pair)


def _platform(before: Compilation, after: Compilation) -> ProjectPlan:
    """What is one for all projects: namespaces, shared claims, and who is told of alerts."""
    environments = dict.fromkeys(
        name for side in (before, after) if side.platform for name in side.platform.environments
    )
    counts, changes = dict[str, ObjectCounts](), list[tuple[str, Change]]()
    for name in environments:
        sides = _sides(before, after, PLATFORM_FOLDER, name)
        if counted := objects.count(*sides):
            counts[name] = counted
        changes.extend((name, change) for change in objects.unexplained(*sides))
    told = receivers.compare(before.platform, after.platform) if before.platform and after.platform else ()
    return ProjectPlan(PLATFORM, (*told, *merge_environments(changes)), counts)


def _with_compiler(plan: ProjectPlan, committed: Mapping[str, bytes], after: Compilation) -> ProjectPlan:
    """A project whose sources say the same, and whose committed files are not what they mean today."""
    if plan.changes:
        return plan
    folder = f"rendered/{plan.project}/"
    old, new = ({p: c for p, c in files.items() if p.startswith(folder)} for files in (committed, after.files))
    if old == new:
        return plan
    environments = dict.fromkeys(path.split("/")[2] for path in (*old, *new) if path.count("/") > 2)
    counts = {
        environment: counted
        for environment in environments
        if (counted := objects.count(*(resources(files, plan.project, environment) for files in (old, new))))
    }
    return ProjectPlan(plan.project, (), counts, only_compiler=True)
