"""One project, as a worker does it: compiled where its sources changed, compared, and staged where it differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlops_gitops.compiler.file_names import PROJECTS
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.stamp import Stamp
from mlops_gitops.usecases.rendering.known import KnownProject, findings_of, plain_findings
from mlops_gitops.usecases.rendering.one_folder import Folders
from mlops_gitops.usecases.rendering.outcome import FolderOutcome, ProjectOutcome
from mlops_gitops.usecases.rendering.remembered import Remembered

if TYPE_CHECKING:
    from mlops_gitops.compiler.opened import Opened


@dataclass(frozen=True, slots=True)
class Task:
    """A project, what is known of it, and the stamp of its sources; both only where anything is remembered at all."""

    name: str
    known: KnownProject | None = None
    stamp: Stamp | None = None


def as_it_stands(task: Task, folders: Folders) -> ProjectOutcome | None:
    """A project whose files all are as they were left, by their stamps alone; nothing where one has to look."""
    known = task.known
    if known is None or task.stamp is None or known.stamp != task.stamp.digest:
        return None
    if known.folder is None:
        return ProjectOutcome(task.name, findings_of(known.found), known)
    if not folders.stands(task.name, known.folder):
        return None
    folder = FolderOutcome(task.name, files=known.folder.files, known=known.folder)
    return ProjectOutcome(task.name, findings_of(known.found), known, folder=folder)


def load_compiler() -> None:
    """Before worker processes are forked: else each of them loads it for itself, and this one once more at the end."""
    import mlops_gitops.compiler.driver  # noqa: F401


def carry_out(task: Task, opened: Opened, folders: Folders) -> ProjectOutcome:
    """Look at the files themselves."""
    sources = Remembered(folders.tree, f"{PROJECTS}/{task.name}")
    content = sources.digest() if folders.stamps else ""
    stamp = task.stamp.settled(folders.clock) if task.stamp else ""
    known = task.known
    if known is not None and known.content == content:
        right = folders.right(task.name, known.folder) if known.folder else None
        if right or known.folder is None:
            return ProjectOutcome(task.name, findings_of(known.found), replace(known, stamp=stamp), folder=right)
    return _compiled(task, opened, folders, sources, content, stamp)


def _compiled(
    task: Task, opened: Opened, folders: Folders, sources: Remembered, content: str, stamp: str
) -> ProjectOutcome:
    from mlops_gitops.compiler.driver import compile_project

    unit = compile_project(opened._replace(tree=sources), task.name)
    found, summary = _not_told(opened, unit.found), unit.summary
    folder = folders.make(task.name, unit.files) if unit.files else None
    if sources.escaped:  # What else was read is not in the digest: look again the next time.
        content = stamp = ""
    digest = digest_of(summary.plain()) if summary and folders.stamps else ""
    known = KnownProject(content, plain_findings(found), stamp, digest)
    return ProjectOutcome(task.name, found, known, summary, folder)


def _not_told(opened: Opened, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """What is wrong in the platform's defaults is wrong in every project, and is told once."""
    told = {problem.span for problem in opened.file.diagnostics if problem.span}
    return tuple(problem for problem in found if problem.span not in told)
