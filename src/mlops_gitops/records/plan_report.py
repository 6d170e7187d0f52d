"""A plan as it is handed to other programs: ``plan --format json``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlops_gitops.spec.section import Section

EffectWord = Literal["weaker", "tighter", "replaced", "added", "removed", "changed"]


class ReportedCounts(Section):
    """Cluster objects by what will happen to them."""

    create: int
    """Objects that are new."""
    change: int
    """Objects that stay, with other content."""
    replace: int
    """Objects that are made anew under another name."""
    prune: int
    """Objects that are removed."""


class ReportedChange(Section):
    """One change, in words."""

    area: str
    """What it is about: gate, training, serving, alerts, data, platform, project, …"""
    text: str
    """The old and the new value."""
    effect: EffectWord
    """What it does, in one word."""
    note: str
    """What follows from it; empty where nothing needs saying."""
    environments: tuple[str, ...]
    """Where; none: everywhere alike."""


class ReportedProject(Section):
    """The changes of one project."""

    project: str
    """Its name; `platform` stands for what is one for all."""
    former: str | None
    """The name it had before, where it was renamed."""
    only_compiler: bool
    """Whether its sources are the same and only what is rendered from them differs."""
    changes: tuple[ReportedChange, ...]
    """What changes."""
    objects: dict[str, ReportedCounts]
    """Cluster objects by environment."""


class ReportedDevices(Section):
    """Accelerators of one kind in one environment."""

    environment: str
    """The environment."""
    resource: str
    """The extended resource, like `nvidia.com/gpu`."""
    before: int
    """Devices that all projects ask for at the base."""
    after: int
    """Devices that they ask for with the change."""
    limit: int | None
    """Most that the platform's policy allows; null: no limit."""
    cost_per_hour_before: float | None
    """Cost of an hour in which all of them are busy, at the base; null: no price is known."""
    cost_per_hour_after: float | None
    """The same with the change."""


class ReportedFinding(Section):
    """A finding that only one side has."""

    code: str
    """Its code."""
    where: str
    """`file:line:column`."""
    message: str
    """What is wrong."""
    severity: Literal["error", "warning"]
    """How much it weighs."""


class ReportedFindings(Section):
    """Findings that come and go with the change."""

    new: tuple[ReportedFinding, ...]
    """Those that the base did not have."""
    fixed: tuple[ReportedFinding, ...]
    """Those that the base had and the change has not."""


class ReportedLive(Section):
    """A cluster's answer to the dry run of one object."""

    environment: str
    """The environment."""
    object: str
    """Kind, namespace and name."""
    outcome: Literal["create", "change", "unchanged", "refused", "keep"]
    """What an apply would do."""
    why: str
    """Why it is refused (in the cluster's words) or kept."""


class PlanReport(Section):
    """What a change means, against a base."""

    base: str
    """The revision that is compared with."""
    head: str
    """The changed side: a revision, or the work tree."""
    empty: bool
    """Whether nothing would change."""
    projects: tuple[ReportedProject, ...]
    """Projects with changes; the others are not listed."""
    objects: ReportedCounts
    """Cluster objects of all projects and environments."""
    devices: tuple[ReportedDevices, ...]
    """Accelerators and what they cost."""
    findings: ReportedFindings
    """Findings that come and go."""
    live: tuple[ReportedLive, ...] | None = Field(default=None)
    """What the clusters say to it, with `--live`."""
