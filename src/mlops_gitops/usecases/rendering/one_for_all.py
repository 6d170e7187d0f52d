"""What is one for the repository: rules across projects, and the files that are made from the summaries of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.layout import PLATFORM_FOLDER
from mlops_gitops.records.summary import Summary
from mlops_gitops.usecases.rendering.known import Known, findings_of, plain_findings
from mlops_gitops.usecases.rendering.memory import Memory, summary_of
from mlops_gitops.usecases.rendering.one_folder import Folders
from mlops_gitops.usecases.rendering.outcome import FolderOutcome, ProjectOutcome
from mlops_gitops.usecases.rendering.traced import Traced

if TYPE_CHECKING:
    from mlops_gitops.compiler.opened import Opened


def day_of(tree: SourceTree) -> str:
    """The day of the commit in words; never empty."""
    day = tree.committed_on()
    return day.isoformat() if day else "before the first commit"


@dataclass(slots=True)
class OneForAll:
    """``tree`` is read through, so that it is known what the repository's own files hang on besides the projects."""

    tree: Traced
    memory: Memory | None
    _opened: Opened | None = None
    _made: dict[str, Summary] = field(default_factory=dict)

    def opened(self) -> Opened:
        """What all projects share, read once it is needed; the compiler is loaded then."""
        if self._opened is None:
            from mlops_gitops.compiler.opened import open_tree

            self._opened = open_tree(self.tree)
        return self._opened

    def day(self, known: Known) -> str:
        """The day that waivers were held against, as it is to be known."""
        if self._opened is None:
            return known.day
        return day_of(self.tree) if self._opened.may_excuse else ""

    def found(self, projects: Sequence[ProjectOutcome], known: Known) -> tuple[tuple[Diagnostic, ...], Known]:
        """What was found beside and across the projects; what is known of the repository's files if it still counts."""
        made_from = digest_of([[one.name, one.known.summary] for one in projects]) if self.memory else ""
        if self.memory and known.made_from == made_from and self.tree.holds(known.trace):
            return findings_of(known.found), known
        found = self.across(projects)
        trace, plain = self.tree.trace(), plain_findings(found)
        return found, replace(known, made_from=made_from, trace=trace, found=plain, folder=None)

    def across(self, projects: Sequence[ProjectOutcome]) -> tuple[Diagnostic, ...]:
        """What is wrong beside the projects, and what rules across them find."""
        from mlops_gitops.compiler.driver import across

        opened = self.opened()
        return (*opened.file.diagnostics, *opened.strays, *across(opened, self._summaries(projects)))

    def folder(self, projects: Sequence[ProjectOutcome], known: Known, folders: Folders) -> FolderOutcome:
        """The repository's own files, compared and staged, or known to be right."""
        if known.folder:
            if folders.stands(PLATFORM_FOLDER, known.folder):
                return FolderOutcome(PLATFORM_FOLDER, files=known.folder.files, known=known.folder)
            if right := folders.right(PLATFORM_FOLDER, known.folder):
                return right
        from mlops_gitops.compiler.driver import repository_files

        summaries = self._summaries(projects)
        files = repository_files(self.opened(), summaries)
        return folders.make(PLATFORM_FOLDER, files, [path for one in summaries for path in one.outside])

    def summaries_to_keep(self, projects: Sequence[ProjectOutcome], known: Known) -> dict[str, Any] | None:
        """All summaries as plain data, where any is new; nothing where the last run's are good."""
        new = {one.name: one.summary.plain() for one in projects if one.summary}
        if self.memory is None or not new:
            return None
        kept = self.memory.summaries() if len(new) < len(known.projects) else {}
        return {name: plain for name, plain in {**kept, **new}.items() if name in known.projects}

    def _summaries(self, projects: Sequence[ProjectOutcome]) -> tuple[Summary, ...]:
        """Of all projects without errors: as they were just made, as they are remembered, or made once more."""
        if not self._made:
            remembered: dict[str, Any] = {}
            if self.memory and any(one.summary is None and one.folder for one in projects):
                remembered = self.memory.summaries()
            for one in projects:
                if one.folder or one.summary:
                    kept = one.summary or summary_of(remembered.get(one.name), one.known.summary)
                    self._made[one.name] = kept or self._summary(one.name)
        return tuple(self._made.values())

    def _summary(self, name: str) -> Summary:
        from mlops_gitops.compiler.driver import PASSES, compile_project

        made = compile_project(self.opened()._replace(tree=self.tree.tree), name, PASSES[:-1]).summary
        assert made is not None, "it compiled before"
        return made
