"""Putting a version into an environment: the release commit, rendering and reconciling behind one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel


@dataclass(frozen=True, slots=True)
class Deployed:
    """The release commit, the served endpoint's base URL, and whether the version got ready in time."""

    commit: str
    url: str
    healthy: bool = True
    why: str = ""


class Deployer(Protocol):
    """One way to deploy; safe to repeat with the same version."""

    def deploy(self, project: Project, environment: str, model: ReleasedModel) -> Deployed:
        """Make the release commit and wait until the version answers, or not: see ``Deployed.healthy``.

        Raises ``RefusedError`` where the commit is refused and ``OutsideError`` where the target cannot be reached.
        """
        ...
