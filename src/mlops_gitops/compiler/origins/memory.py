"""What was traced is remembered: where the targets decide alike, the lines come from the same keys.

What a target does is decided by the shape of a project (which sections, items and keys it has, and of which kind each
value is) and by what it asks of the values.  Apart from that they are only written somewhere.  So two projects of one
shape that answer alike have the same origins, line by line, and one trace is enough.  A platform's memory lasts as long
as one compilation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from mlops_gitops.compiler.origins.decisions import Ways, distinct, shape_of
from mlops_gitops.compiler.origins.marked import without_marks
from mlops_gitops.compiler.origins.marking import Marking, models_of
from mlops_gitops.compiler.origins.tracing import FileOrigins, KeyLines, file_origins, fits, traced
from mlops_gitops.compiler.targets import REPOSITORY_TARGETS
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.project import Project
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

# Whose parts are written by name: other names of the platform's file are looked into before they are written.
_NAMED = ("platform:environments", "platform:priority_classes")


@dataclass
class Memory:
    """The traces under one platform, by shape."""

    platform: PlatformSpec
    _ways: dict[Any, Ways[tuple[FileOrigins, ...]]] = field(default_factory=dict)

    @property
    def traces(self) -> int:
        """How many there are."""
        return sum(map(len, self._ways.values()))

    @cached_property
    def marked_platform(self) -> PlatformSpec:
        """The platform's settings with marked values."""
        return Marking().platform(self.platform)

    def of_project(
        self, project: Project, artifacts: Sequence[Artifact], files: Mapping[str, bytes]
    ) -> dict[str, KeyLines]:
        """By file, the keys of a project; ``artifacts`` are what the targets made, ``files`` what was written of it."""
        contents = [files[artifact.path] for artifact in artifacts]
        origins = self._remembered(project, contents)
        return {artifact.path: one.keys for artifact, one in zip(artifacts, origins, strict=False)}

    def of_repository(self, summaries: Sequence[Summary], files: Mapping[str, bytes]) -> dict[str, KeyLines]:
        """By file, the keys of what is one for all."""
        marking = Marking(names=_NAMED)
        platform, marked = marking.platform(self.platform), tuple(map(marking.summary, summaries))
        artifacts = [artifact for target in REPOSITORY_TARGETS for artifact in target(platform, marked)]
        by_path = {without_marks(artifact.path): artifact for artifact in artifacts}
        return {path: file_origins(by_path[path], files[path]).keys for path in by_path.keys() & files.keys()}

    def _remembered(self, project: Project, contents: Sequence[bytes]) -> tuple[FileOrigins, ...]:
        models = models_of(project)
        ways = self._ways.setdefault(_outline(project, models), Ways())
        remembered = ways.look_up(models)
        if remembered is not None and fits(remembered, contents):
            return remembered
        marking = Marking()
        artifacts = traced(project, self.marked_platform, marking)
        if len(artifacts) != len(contents):
            return ()
        origins = tuple(map(file_origins, artifacts, contents))
        ways.add(distinct(marking.decisions), origins)
        return origins


def _outline(project: Project, models: Sequence[BaseModel]) -> Any:
    """All that can decide what the targets do before they look at a value; a contract is not told by its shape."""
    numbers = {id(model): number for number, model in enumerate(models)}
    return (
        tuple(shape_of(model) for model in models[:-1] if model is not project.contract),
        tuple((numbers[id(one.spec)], one.release is None) for one in project.environments),
        (bool(project.data_digest), bool(project.code_digest), project.can_be_attacked),
        # Their lines are theirs alone: which of them are added hangs on what they hold.
        digest_of(dict(project.manifests)) if project.manifests else "",
    )
