"""What a rule looks at: one resolved spec of a project, and where each of its values was written."""

from __future__ import annotations

from typing import NamedTuple

from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.spans import NOWHERE, Path, SpanMap
from mlops_gitops.diagnostics import Span
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec


class Subject(NamedTuple):
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
    all_specs: tuple[ProjectSpec, ...] = ()
    """The specs in force in all environments: what one of them leaves unused, another may need."""
    overlay: Layered | None = None
    """What the environment's overlay alone says, with its `null`."""
    contract_spans: SpanMap = NOWHERE
    """Where the contract's values stand."""
    platform_spans: SpanMap = NOWHERE
    """Where the platform's settings stand."""

    @property
    def folder(self) -> str:
        """The project's folder from the repository root."""
        return f"projects/{self.project}"

    @property
    def overlay_file(self) -> str:
        """The file of the environment's overlay."""
        return f"{self.folder}/environments/{self.environment}.yaml"

    def is_local(self, environment: str) -> bool:
        """Whether an environment of the platform is one machine without a cluster."""
        return self.platform.clusters[self.platform.environments[environment].cluster].kind == "local"

    def wrote(self, *path: str) -> bool:
        """Whether a value or section was written, rather than left to its default."""
        return path in self.written

    def origin(self, *path: str) -> tuple[str, ...]:
        """A note on where the other value of a contradiction comes from."""
        if not self.wrote(*path):
            return (f"{dotted(path)} is not written: this is its default",)
        return (f"{dotted(path)} is written at {self.spans.value(path)}",)

    def policy_place(self, *path: str | int) -> str:
        """A note on where policy says so."""
        return f"policy says so at {self.platform_spans.value(('policy', *path))}"

    def first_written(self, *paths: Path) -> Span | None:
        """The place of the first of these paths that was written; else of the nearest parent of the first."""
        written = next((path for path in paths if path in self.written), paths[0])
        return self.spans.value(written)
