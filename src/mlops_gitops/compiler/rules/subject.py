"""What a rule looks at: one resolved spec of a project, and where each of its values was written."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec


@dataclass(frozen=True, slots=True)
class Subject:
    """``environment`` is empty for the project's own spec without an overlay."""

    project: str
    environment: str
    spec: ProjectSpec
    platform: PlatformSpec
    spans: SpanMap
    written: frozenset[Path]
    """Paths of all mappings and values that were written in any layer and are not taken away again."""
    contract: DataContract | None = None
    """The data contract, where it is in order."""
    environments: tuple[str, ...] = ()
    """The environments that this very spec is in force in: for the project's own, those without an overlay."""
    overlay: Layered | None = None
    """What the environment's overlay alone says, with its `null`."""
