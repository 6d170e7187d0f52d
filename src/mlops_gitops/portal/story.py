"""A story: what a page about several runs, a verdict and the commits between them is told from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_gitops.portal.charts.drift import DriftLimits
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.spec.monitoring import DriftDetection


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """One commit: ``when`` in ISO 8601, ``trailers`` by their keys as git shows them."""

    sha: str
    when: str
    author: str
    subject: str
    trailers: Mapping[str, str] = field(default_factory=dict)
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """``runs`` are records as ``run.json`` holds them, ``verdict`` is ``Verdict.to_plain()``, ``commits`` oldest first.

    ``facts`` are (label, value), ``steps`` (title, seconds, summary).  ``drift_limits`` are those that the verdict was
    reached by; ``distributions`` the shapes of columns worth showing.
    """

    title: str
    runs: tuple[Mapping[str, Any], ...] = ()
    verdict: Mapping[str, Any] | None = None
    commits: tuple[CommitEntry, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, float, str], ...] = ()
    drift_limits: DriftLimits = field(default_factory=lambda: DriftLimits.of(DriftDetection()))
    distributions: tuple[Distribution, ...] = ()
