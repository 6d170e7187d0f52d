"""A tree with what all its projects share: the platform's file, read once, and the projects' names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlops_gitops.compiler.file_names import project_names
from mlops_gitops.compiler.platform_file import PlatformFile, read_platform
from mlops_gitops.compiler.stray_files import in_projects
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec

if TYPE_CHECKING:
    from mlops_gitops.compiler.origins.memory import Memory


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the platform's file is broken, ``platform`` stands in for it, and ``whole`` is false."""

    tree: SourceTree
    file: PlatformFile
    platform: PlatformSpec
    names: tuple[str, ...]
    strays: tuple[Diagnostic, ...] = ()
    """What is wrong beside the projects' folders."""
    _memory: list[Memory] = field(default_factory=list, compare=False)
    """One at most; an opened tree with its ``tree`` replaced shares it."""

    @property
    def whole(self) -> bool:
        """Whether the platform's settings can be relied on."""
        return self.file.spec is not None

    @property
    def platform_data(self) -> Plain:
        """The platform's file as data."""
        return self.file.source.data if self.file.source else None

    def unit(self, name: str) -> Unit:
        """A project at the start of its way."""
        return Unit(name, self.tree, self.platform, self.platform_data, self.file.defaults, self.memory)

    def memory(self) -> Memory:
        """What was traced of its projects so far; begun when somebody asks, because it needs all targets."""
        if not self._memory:
            from mlops_gitops.compiler.origins.memory import Memory

            self._memory.append(Memory(self.platform))
        return self._memory[0]


def open_tree(tree: SourceTree) -> Opened:
    """Read what is one for all projects."""
    file = read_platform(tree)
    return Opened(tree, file, file.spec or file.stand_in(), project_names(tree), tuple(in_projects(tree)))
