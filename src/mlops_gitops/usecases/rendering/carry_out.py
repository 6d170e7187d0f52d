"""Carrying out a rendering: every project by itself, in worker processes where that pays, then what is one for all.

A worker compiles a project, compares it with what stands on the disk, stages what differs, and hands back only a few
words: no process ever holds the files of more than one project.  What is known from the last run is looked at first:
where every stamp is as it was, nothing is read, and the compiler is not even loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlops_gitops.compiler.file_names import PLATFORM, PROJECTS, project_names
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.rendered_tree import RenderedTree
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.ports.workers import Workers
from mlops_gitops.usecases.project_names import known_names
from mlops_gitops.usecases.rendering.known import Known
from mlops_gitops.usecases.rendering.left_over import left_over
from mlops_gitops.usecases.rendering.memory import Memory
from mlops_gitops.usecases.rendering.one_folder import Folders
from mlops_gitops.usecases.rendering.one_for_all import OneForAll, day_of
from mlops_gitops.usecases.rendering.one_project import Task, as_it_stands, carry_out, load_compiler
from mlops_gitops.usecases.rendering.outcome import Outcome, ProjectOutcome
from mlops_gitops.usecases.rendering.traced import Traced


@dataclass(frozen=True, slots=True)
class Rendering:
    """One run.  Without a ``rendered`` tree to write to, everything is only compared, and explained."""

    tree: SourceTree
    workers: Workers
    rendered: RenderedTree | None = None
    memory: Memory | None = None

    def carry_out(self, wanted: tuple[str, ...]) -> Outcome:
        """Render the projects named (none: all, and what is one for the repository); nothing is swapped in yet."""
        stamps = self.memory.stamps if self.memory else None
        folders = Folders(self.tree, self.rendered, stamps, stamps.clock() if stamps else 0)
        for_all = OneForAll(Traced(self.tree), self.memory)
        names = project_names(for_all.tree)
        known_names(wanted, names)
        known = self._known(for_all.tree)
        projects = self._projects([name for name in names if not wanted or name in wanted], known, folders, for_all)
        of_projects = {one.name: one.known for one in projects}
        if wanted:
            known = replace(known, projects={**known.projects, **of_projects}, day=for_all.day(known))
            return self._some(names, projects, known, for_all)
        return self._all(names, projects, replace(known, projects=of_projects), folders, for_all)

    def _known(self, tree: Traced) -> Known:
        """What still counts of the last run: nothing where the platform's file is another one, or the waivers' day."""
        if self.memory is None:
            return Known()
        known, platform = self.memory.known(), tree.digest(PLATFORM)
        # Only where somebody is excused until a day does the day count, and only then is git asked for it.
        same_day = not known.day or known.day == day_of(tree)
        return known if known.platform == platform and same_day else Known(platform)

    def _projects(
        self, names: Sequence[str], known: Known, folders: Folders, for_all: OneForAll
    ) -> list[ProjectOutcome]:
        tasks = [self._task(name, known) for name in names]
        outcomes = {task.name: as_it_stands(task, folders) for task in tasks}
        rest = [task for task in tasks if outcomes[task.name] is None]
        if rest:
            opened = for_all.opened()
            if any(task.known is None for task in rest):
                load_compiler()
            for made in self.workers.map(lambda task: carry_out(task, opened, folders), rest):
                outcomes[made.name] = made
        return [one for one in outcomes.values() if one]

    def _task(self, name: str, known: Known) -> Task:
        stamp = self.memory.stamps.folder(f"{PROJECTS}/{name}") if self.memory else None
        return Task(name, known.projects.get(name), stamp)

    def _some(
        self, names: tuple[str, ...], projects: list[ProjectOutcome], known: Known, for_all: OneForAll
    ) -> Outcome:
        findings = _findings(projects, for_all.across(projects))
        if findings.errors:
            return Outcome(names, findings)
        done = tuple(one.folder for one in projects if one.folder)
        return Outcome(names, findings, done, (), known, for_all.summaries_to_keep(projects, known))

    def _all(
        self,
        names: tuple[str, ...],
        projects: list[ProjectOutcome],
        known: Known,
        folders: Folders,
        for_all: OneForAll,
    ) -> Outcome:
        beside, known = for_all.found(projects, known)
        findings = _findings(projects, beside)
        if findings.errors:
            return Outcome(names, findings)
        done = [one.folder for one in projects if one.folder]
        done.append(for_all.folder(projects, known, folders))
        outside = frozenset(path for one in done if one.known for path in one.known.outside)
        gone, strays = left_over(folders, names, outside)
        known = replace(known, day=for_all.day(known))
        keep = for_all.summaries_to_keep(projects, known)
        return Outcome(names, findings, (*done, *gone), strays, known, keep)


def _findings(projects: list[ProjectOutcome], beside: tuple[Diagnostic, ...]) -> Findings:
    return Findings.of((*beside, *(problem for one in projects for problem in one.found)))
