"""Who owns a project, what its data is, how long things are kept, and who must agree."""

from datetime import timedelta
from typing import Literal

from mlops_gitops.spec.ci import Owner
from mlops_gitops.spec.scalars import DnsLabel, Entrypoint, Retention, Text
from mlops_gitops.spec.section import Section, all_defaults

RiskClass = Literal["minimal", "limited", "high"]


class ProjectInfo(Section):
    """Who owns the project, and how much is at stake."""

    name: DnsLabel | None = None
    """The project's name; its folder's name where it is not written."""
    description: Text | None = None
    """What the model decides."""
    owners: tuple[Owner, ...] = ()
    """People or groups who answer for it, like `@fraud-team`; they own its files in CODEOWNERS."""
    risk_class: RiskClass = "limited"
    """The risk class of the use, as the organisation's policy defines it."""
    risk_reason: Text | None = None
    """Why that risk class."""


class Data(Section):
    """Where the data comes from. Columns, label, time and groups stand in the data contract."""

    entrypoint: Entrypoint = "data:load"
    """`module:function` in the project's folder that reads the source file into a data frame."""
    contract: Text = "data_contract.yaml"
    """The data contract, relative to the project's folder."""
    retention: Retention = timedelta(days=365)
    """How long data of this project is kept, or `forever`."""


class RegistryRetention(Section):
    """How long what the pipeline makes is kept."""

    production: Retention = "forever"
    """Versions that were in production, and their evidence."""
    experimental: Retention = timedelta(days=30)
    """Versions that never left the status experimental: CI keeps their artifacts so long."""
    failed_runs: Retention = timedelta(days=7)
    """What failed runs leave behind: Jobs on the cluster, artifacts in CI."""


class Registry(Section):
    """The model registry."""

    retention: RegistryRetention = all_defaults()
    """How long versions are kept."""


class GovernanceKeep(Section):
    """The least time that things must be kept, whatever other sections say."""

    production_models: Retention = "forever"
    """Versions that were in production."""
    experimental_models: Retention = timedelta(days=30)
    """Versions that never were."""
    data: Retention = timedelta(days=180)
    """Training data."""
    test_reports: Retention = timedelta(days=365)
    """Reports of tests and evaluations, as evidence: CI keeps them so long."""


class Governance(Section):
    """What compliance asks of the project."""

    keep: GovernanceKeep = all_defaults()
    """Least retention."""
    approvers: tuple[Owner, ...] = ()
    """People or groups who must approve a release, like `@risk-office`; they own `releases/` in CODEOWNERS."""
