"""One project on its way through the passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mlops_gitops.compiler.inputs import Inputs
from mlops_gitops.compiler.overlay import EMPTY, Layered
from mlops_gitops.compiler.partial_spec import PartialSpec
from mlops_gitops.compiler.spans import NOWHERE, SpanMap
from mlops_gitops.compiler.waivers import Excuse
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

if TYPE_CHECKING:
    from mlops_gitops.compiler.origins.memory import Memory
    from mlops_gitops.records.project import Project
    from mlops_gitops.records.release import Release
    from mlops_gitops.records.summary import Summary


def _none() -> Memory:
    raise LookupError("the unit was not made from an opened tree")


class Unit(NamedTuple):
    """What is known of a project so far; each pass gives back a fuller one."""

    name: str
    tree: SourceTree
    platform: PlatformSpec
    platform_data: Plain = None
    defaults: Layered = EMPTY
    """The platform's layer below the project's configuration."""
    memory: Callable[[], Memory] = _none
    """What was traced of other projects under the same platform (``compiler/origins``)."""
    platform_spans: SpanMap = NOWHERE
    excuses: tuple[Excuse, ...] | None = ()
    """The waivers of this project that hold; nothing where the platform's file is too broken to say."""
    whole_platform: bool = True
    """Whether all of ``platform`` can be read."""
    inputs: Inputs | None = None
    layers: Mapping[str, Layered] = MappingProxyType({})
    """Merged data by environment; the empty name is the project without an overlay."""
    specs: Mapping[str, ProjectSpec] = MappingProxyType({})
    partial: Mapping[str, PartialSpec[ProjectSpec]] = MappingProxyType({})
    """What can be read where there is no whole spec; for rules alone."""
    contract: DataContract | None = None
    releases: Mapping[str, Release] = MappingProxyType({})
    project: Project | None = None
    artifacts: tuple[Artifact, ...] = ()
    summary: Summary | None = None
    files: Mapping[str, bytes] = MappingProxyType({})
    found: tuple[Diagnostic, ...] = ()

    def readable(self) -> dict[str, ProjectSpec]:
        """What rules look at: the specs, and those of which not all can be read."""
        partial = {name: self.partial[name].spec for name in self.layers if name in self.partial}
        return {name: spec for name in self.layers if (spec := self.specs.get(name) or partial.get(name))}
