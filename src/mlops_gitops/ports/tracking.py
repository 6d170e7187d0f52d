"""Keeping the record of runs, and the registry of model versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mlops_gitops.records.stage_result import StageResult


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that passed: the digest of its package, where it lies, and what an auditor asks of it.

    ``released`` are the version numbers that git knows, by digest: a registry on another machine must not give one of
    them to other contents.
    """

    project: str
    digest: str
    folder: Path
    run: str
    tags: Mapping[str, str] = field(default_factory=dict)
    released: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A version as the registry holds it; ``existing``: the same content was registered before."""

    version: int
    tags: Mapping[str, str]
    existing: bool


class Tracking(Protocol):
    """One run at a time. Only ``register`` and ``end`` wait; trouble met before is raised there as ``OutsideError``."""

    def begin(
        self, project: str, run: str, tags: Mapping[str, str], params: Mapping[str, str], killed: Sequence[str] = ()
    ) -> None:
        """Open the record of a run; close those of runs that were ``killed`` before they could."""
        ...

    def stage(self, result: StageResult, duration_s: float, cached: bool, artifacts: Mapping[str, Path]) -> None:
        """Record a stage: duration, status, metrics, small files."""
        ...

    def register(self, candidate: Candidate) -> RegisteredVersion:
        """A new version with status experimental; the existing one where the same content is registered already."""
        ...

    def end(self, status: str, reason: str) -> None:
        """Close the record."""
        ...
