"""What a whole tree compiles to, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlops_gitops.diagnostics import Findings
from mlops_gitops.spec.platform import PlatformSpec

if TYPE_CHECKING:
    from mlops_gitops.records.project import Project
    from mlops_gitops.records.summary import Summary


class Compilation(NamedTuple):
    """Projects, files by path, every finding, and the texts that findings point into."""

    platform: PlatformSpec | None
    projects: tuple[Project, ...]
    files: dict[str, bytes]
    findings: Findings
    texts: dict[str, str]
    names: tuple[str, ...]
    """All projects that the tree has, compiled or not."""
    summaries: tuple[Summary, ...] = ()

    def project(self, name: str) -> Project | None:
        """A project by name."""
        return next((project for project in self.projects if project.name == name), None)
