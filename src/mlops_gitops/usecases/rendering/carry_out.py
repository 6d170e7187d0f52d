"""Carrying out a rendering: every project by itself, in worker processes where that pays, then what is one for all.

A worker compiles a project, compares it with what stands on the disk, stages what differs, and hands back only a few
words: no process ever holds the files of more than one project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mlops_gitops.compiler.driver import across, compile_project, repository_files
from mlops_gitops.compiler.opened import Opened, open_tree
from mlops_gitops.compiler.provenance import PLATFORM_FOLDER
from mlops_gitops.diagnostics import Findings
from mlops_gitops.ports.rendered_tree import RenderedTree
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.ports.workers import Workers
from mlops_gitops.records.summary import Summary
from mlops_gitops.usecases.committed import committed_folder, rendered_folders
from mlops_gitops.usecases.rendering.differences import Difference, DifferenceKind
from mlops_gitops.usecases.rendering.outcome import FolderOutcome, Outcome, ProjectOutcome, compared, inside
from mlops_gitops.usecases.validate import known_names


@dataclass(frozen=True, slots=True)
class Rendering:
    """One run.  Without a ``rendered`` tree to write to, everything is only compared, and explained."""

    tree: SourceTree
    workers: Workers
    rendered: RenderedTree | None = None

    def carry_out(self, wanted: tuple[str, ...]) -> Outcome:
        """Render the projects named (none: all, and what is one for the repository); nothing is swapped in yet."""
        opened = open_tree(self.tree)
        known_names(wanted, opened.names)
        names = [name for name in opened.names if not wanted or name in wanted]
        projects = list(self.workers.map(lambda name: self._project(opened, name), names))
        summaries = tuple(one.summary for one in projects if one.summary)
        findings = _findings(opened, projects, summaries)
        if findings.errors:
            return Outcome(opened.names, findings)
        folders = [one.folder for one in projects if one.folder]
        if wanted:
            return Outcome(opened.names, findings, tuple(folders))
        standing = rendered_folders(self.tree)
        folders.append(self._repository(opened, summaries))
        outside = frozenset(path for one in summaries for path in one.outside)
        folders.extend(self._gone(standing.keys() - {*names, PLATFORM_FOLDER, ""}, outside))
        return Outcome(opened.names, findings, tuple(folders), tuple(standing.get("", ())))

    def _project(self, opened: Opened, name: str) -> ProjectOutcome:
        unit = compile_project(opened, name)
        folder = self._folder(name, unit.files) if unit.files else None
        return ProjectOutcome(name, unit.found, unit.summary, folder)

    def _repository(self, opened: Opened, summaries: tuple[Summary, ...]) -> FolderOutcome:
        files = repository_files(opened, summaries)
        return self._folder(PLATFORM_FOLDER, files, [path for one in summaries for path in one.outside])

    def _folder(self, folder: str, after: dict[str, bytes], of_others: Collection[str] = ()) -> FolderOutcome:
        before = committed_folder(self.tree, folder, after, of_others)
        outcome = compared(folder, before, after, explained=self.rendered is None)
        if self.rendered and outcome.changes_within and not outcome.in_the_way:
            self.rendered.stage(folder, inside(folder, after))
        return outcome

    def _gone(self, folders: Collection[str], rendered_outside: Collection[str]) -> Iterator[FolderOutcome]:
        """Folders of projects that are no more; what stood outside for them goes too, unless another renders it now."""
        for folder in sorted(folders):
            before = committed_folder(self.tree, folder, of_others=rendered_outside)
            yield compared(folder, before, {}, explained=self.rendered is None)


def _findings(opened: Opened, projects: list[ProjectOutcome], summaries: tuple[Summary, ...]) -> Findings:
    # What is wrong in the platform's defaults is wrong in every project, and is told once.
    told = {problem.span for problem in opened.file.diagnostics if problem.span}
    found = (problem for one in projects for problem in one.found if problem.span not in told)
    return Findings.of((*opened.file.diagnostics, *found, *across(opened, summaries)))


def stray(path: str) -> Difference:
    """A file beside the folders, as a difference."""
    return Difference(path, DifferenceKind.STALE)
