"""A tree with what all its projects share: the platform's file, read once, and the projects' names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from mlops_gitops.compiler.file_names import PROJECTS, names_among
from mlops_gitops.compiler.platform_file import PlatformFile, read_platform
from mlops_gitops.compiler.secrets.places import beside, quietly
from mlops_gitops.compiler.secrets.report import exposed, redacted
from mlops_gitops.compiler.spans import NOWHERE, SpanMap
from mlops_gitops.compiler.stray_files import in_projects
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.compiler.unknowns import UnknownError
from mlops_gitops.compiler.waivers import Excuse, in_force
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec

if TYPE_CHECKING:
    from mlops_gitops.compiler.origins.memory import Memory


class Opened(NamedTuple):
    """Where the platform's file is broken, ``platform`` is what can be read of it, and ``whole`` is false."""

    tree: SourceTree
    file: PlatformFile
    platform: PlatformSpec
    names: tuple[str, ...]
    strays: tuple[Diagnostic, ...]
    """What is wrong beside the projects' folders."""
    secrets: tuple[str, ...]
    """What is written in plain text beside the projects' folders, and must not be repeated."""
    memories: list[Memory]
    """What was traced, one memory at most; an opened tree with its ``tree`` replaced shares it."""
    excuses: tuple[Excuse, ...] | None = ()
    """The waivers that hold on the day of the commit; nothing where the platform's file is too broken to say."""
    as_of: date | None = None
    """That day, where somebody is excused until one; else nobody asks for it."""

    @property
    def whole(self) -> bool:
        """Whether the platform's settings can be relied on."""
        return self.file.spec is not None

    @property
    def may_excuse(self) -> bool:
        """Whether there are waivers, so that the day matters."""
        try:
            return bool(self.platform.policy.waivers)
        except UnknownError:
            return True

    @property
    def platform_data(self) -> Plain:
        """The platform's file as data."""
        return self.file.source.data if self.file.source else None

    def unit(self, name: str) -> Unit:
        """A project at the start of its way."""
        spans = self.file.source.spans if self.file.source else NOWHERE
        excuses = self.excuses
        mine = None if excuses is None else tuple(one for one in excuses if one.waiver.project == name)
        shared = self.platform, self.platform_data, self.file.defaults, self.memory
        return Unit(name, self.tree, *shared, platform_spans=spans, excuses=mine, whole_platform=self.whole)

    def memory(self) -> Memory:
        """What was traced of its projects so far; begun when somebody asks, because it needs all targets."""
        if not self.memories:
            from mlops_gitops.compiler.origins.memory import Memory

            self.memories.append(Memory(self.platform))
        return self.memories[0]


def open_tree(tree: SourceTree) -> Opened:
    """Read what is one for all projects."""
    paths = tuple(tree.outline(PROJECTS))
    file, plain = read_platform(tree), exposed(beside(tree, paths), quietly(tree))
    file = file._replace(diagnostics=redacted(file.diagnostics, plain.values))
    strays = (*in_projects(tree, paths), *plain.found)
    platform = file.spec or file.partial or file.stand_in()
    opened = Opened(tree, file, platform, names_among(paths), strays, plain.values, [])
    if file.source is None or not opened.may_excuse:
        return opened
    day = tree.committed_on()
    return opened._replace(excuses=_in_force(platform, file.source.spans, day), as_of=day)


def _in_force(platform: PlatformSpec, spans: SpanMap, day: date | None) -> tuple[Excuse, ...] | None:
    try:
        return in_force(platform.policy, spans, day)
    except UnknownError:
        return None
