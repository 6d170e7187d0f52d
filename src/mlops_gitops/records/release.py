"""A release: the model version that one environment serves, pinned in ``projects/<name>/releases/<env>.yaml``.

The file carries all that an auditor asks of a version, so that git alone answers: which bytes, trained from which
data, code and environment, in which run, and how each gate was met.
"""

from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.records.layout import evidence_path as evidence_path
from mlops_gitops.records.layout import release_path as release_path
from mlops_gitops.spec.scalars import Digest
from mlops_gitops.spec.section import Section

ALL = 100
"""Percent: the whole of the traffic."""


class ReleasedGate(Section):
    """One gate as it was judged when the version was registered."""

    stage: str
    name: str
    measured: float
    sign: Literal["≥", "≤"]
    limit: float


class ReleasedModel(Section):
    """Everything that identifies the version: digests of artifact contents, and where they came from."""

    version: int
    digest: Digest
    """Of the model package's contents."""
    data_digest: str
    """The data pointer's hash, as DVC writes it (`md5:…`)."""
    code_digest: Digest
    environment_digest: Digest
    config_digest: Digest
    run: str
    """Identifier of the pipeline run that made it."""
    trained_at_commit: str
    gates: tuple[ReleasedGate, ...] = ()


class Release(Section):
    """The file: current model and, for a quick way back, the version it replaced."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    project: str
    environment: str
    model: ReleasedModel
    previous: ReleasedModel | None = None
    canary: Annotated[int, Field(ge=1, le=ALL)] | None = None
    """Share of the traffic, in percent, that `model` gets while `previous` still serves the rest; none: it is alone."""
    evidence: Digest | None = None
    """Digest of the verdict that led here, for an automatic remedy."""

    @property
    def former(self) -> ReleasedModel | None:
        """The version that still serves beside the new one, while a canary is on its way."""
        return self.previous if self.canary is not None else None
