"""One project on its way through the passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlops_gitops.compiler.inputs import Inputs
from mlops_gitops.compiler.overlay import EMPTY, Layered
from mlops_gitops.compiler.partial_spec import PartialSpec
from mlops_gitops.compiler.spans import SpanMap
from mlops_gitops.compiler.waivers import Excuse
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import Release
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

if TYPE_CHECKING:
    from mlops_gitops.compiler.origins.memory import Memory


def _none() -> Memory:
    raise LookupError("the unit was not made from an opened tree")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known of a project so far; each pass gives back a fuller one."""

    name: str
    tree: SourceTree
    platform: PlatformSpec
    platform_data: Plain = None
    defaults: Layered = EMPTY
    """The platform's layer below the project's configuration."""
    memory: Callable[[], Memory] = _none
    """What was traced of other projects under the same platform (``compiler/origins``)."""
    platform_spans: SpanMap = field(default_factory=SpanMap)
    excuses: tuple[Excuse, ...] | None = ()
    """The waivers of this project that hold; nothing where the platform's file is too broken to say."""
    whole_platform: bool = True
    """Whether all of ``platform`` can be read."""
    inputs: Inputs | None = None
    layers: dict[str, Layered] = field(default_factory=dict)
    """Merged data by environment; the empty name is the project without an overlay."""
    specs: dict[str, ProjectSpec] = field(default_factory=dict)
    partial: dict[str, PartialSpec[ProjectSpec]] = field(default_factory=dict)
    """What can be read where there is no whole spec; for rules alone."""
    contract: DataContract | None = None
    releases: dict[str, Release] = field(default_factory=dict)
    project: Project | None = None
    artifacts: tuple[Artifact, ...] = ()
    summary: Summary | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    found: tuple[Diagnostic, ...] = ()

    def readable(self) -> dict[str, ProjectSpec]:
        """What rules look at: the specs, and those of which not all can be read."""
        partial = {name: self.partial[name].spec for name in self.layers if name in self.partial}
        return {name: spec for name in self.layers if (spec := self.specs.get(name) or partial.get(name))}
