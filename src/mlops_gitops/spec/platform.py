"""What the platform team sets for all projects: ``projects/platform.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.scalars import Digest, DnsLabel, Number, Text
from mlops_gitops.spec.section import Section

Price = Annotated[Number, Field(ge=0)]


class Cluster(Section):
    """Where an environment's resources live."""

    kind: Literal["local", "kubernetes"]
    """`local` runs the rendered resources as processes on one machine."""
    kubernetes_version: Annotated[str, Field(pattern=r"^1\.\d+$")] = "1.34"
    """The API version that manifests are rendered for."""
    context: Text | None = None
    """The kubeconfig context, for `kubernetes`."""


class EnvironmentSettings(Section):
    """One environment, in promotion order."""

    cluster: Text
    """Name of a cluster below `clusters`."""
    namespace: DnsLabel = "ml-models"
    """Namespace of all that is rendered for it."""


class Image(Section):
    """A container image, pinned by digest once the registry has one."""

    name: Text
    """Repository below `registry`."""
    digest: Digest | None = None
    """What is pulled; absent, a marked placeholder is rendered, which a Kubernetes apply refuses."""


class Images(Section):
    """The images that rendered resources run."""

    runner: Image = Image(name="mlops-gitops-runner")
    """Runs stages and the monitor."""
    server: Image = Image(name="mlops-gitops-server")
    """Serves models."""


class Receiver(Section):
    """Where alerts of a channel go. Secrets are referred to, never written."""

    target: Text
    """A channel, address, number or URL, as the kind of channel needs."""
    secret: Text | None = None
    """Name of the Secret with the credentials."""


class Receivers(Section):
    """One receiver a channel."""

    slack: Receiver | None = None
    """For channel `slack`."""
    email: Receiver | None = None
    """For channel `email`."""
    sms: Receiver | None = None
    """For channel `sms`."""
    webhook: Receiver | None = None
    """For channel `webhook`."""


class Bot(Section):
    """The identity that automatic commits carry."""

    name: Text = "mlops-gitops-bot"
    """Author name."""
    email: Text = "mlops-gitops-bot@localhost"
    """Author address."""


class PlatformSpec(Section):
    """Platform-wide settings, owned by the platform team."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    """Version of this language."""
    registry: Text = "registry.invalid/ml"
    """Image registry and path that image names are resolved against."""
    images: Images = Images()
    """The images that rendered resources run."""
    clusters: Annotated[dict[DnsLabel, Cluster], Field(min_length=1)]
    """Clusters by name."""
    environments: Annotated[dict[DnsLabel, EnvironmentSettings], Field(min_length=1)]
    """Environments by name, in promotion order."""
    receivers: Receivers = Receivers()
    """Alert receivers by channel."""
    prices: dict[Text, Price] = Field(default_factory=dict)
    """Price of one device an hour, by resource name, in the platform's currency."""
    bot: Bot = Bot()
    """The identity of automatic commits."""
