"""What the platform team sets for all projects: ``projects/platform.yaml``."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict, WithJsonSchema

from mlops_gitops.spec.ci import Github, Owner
from mlops_gitops.spec.kubernetes_names import Namespace, PeerNamespace
from mlops_gitops.spec.places import ImageName, ImageRegistry, MailAddress, PageAddress
from mlops_gitops.spec.policy import Policy
from mlops_gitops.spec.resources import DevicePlacement
from mlops_gitops.spec.scalars import Bool, Digest, DnsLabel, Int, Number, Text
from mlops_gitops.spec.section import Section, all_defaults

Price = Annotated[Number, Field(ge=0)]


KUBERNETES_VERSIONS = tuple(f"1.{minor}" for minor in range(29, 37))
"""The versions that manifests are rendered and judged for."""


def _kubernetes_version(text: str) -> str:
    if text not in KUBERNETES_VERSIONS:
        known = f"{KUBERNETES_VERSIONS[0]} to {KUBERNETES_VERSIONS[-1]}"
        raise ValueError(f"not a version that manifests are rendered for: {known}")
    return text


KubernetesVersion = Annotated[
    str,
    Strict(),
    AfterValidator(_kubernetes_version),
    WithJsonSchema({"type": "string", "enum": list(KUBERNETES_VERSIONS)}),
]


class Cluster(Section):
    """Where an environment's resources live."""

    kind: Literal["local", "kubernetes"]
    """`local` runs the rendered resources as processes on one machine."""
    kubernetes_version: KubernetesVersion = "1.34"
    """The version that manifests are rendered for."""
    context: Text | None = None
    """The kubeconfig context, for `kubernetes`."""

    @property
    def minor_version(self) -> int:
        """The second number of the version: 34 of 1.34."""
        return int(self.kubernetes_version.partition(".")[2])


class EnvironmentSettings(Section):
    """One environment, in promotion order."""

    cluster: Text
    """Name of a cluster below `clusters`."""
    namespace: Namespace = "ml-models"
    """Namespace of all that is rendered for it."""


class Image(Section):
    """A container image, pinned by digest once the registry has one."""

    name: ImageName
    """Repository below `registry`."""
    digest: Digest | None = None
    """What is pulled; absent, a marked placeholder is rendered, which a Kubernetes apply refuses."""


class Images(Section):
    """The images that rendered resources run."""

    runner: Image = all_defaults(name="mlops-gitops-runner")
    """Runs stages and the monitor."""
    server: Image = all_defaults(name="mlops-gitops-server")
    """Serves models; project images are built from it."""
    tensorflow_serving: Image = all_defaults(name="tensorflow-serving")
    """Serves Keras models, where a project takes TensorFlow Serving."""
    tensorflow_serving_gpu: Image = all_defaults(name="tensorflow-serving-gpu")
    """The same for serving on GPUs."""


class Receiver(Section):
    """Where alerts of a channel go. Secrets are referred to, never written."""

    target: Text
    """A channel of Slack, an address, a URL; for `sms` the name that its gateway knows people by."""
    secret: DnsLabel | None = None
    """Name of the Secret with the credentials, mounted at `/etc/alertmanager/secrets/NAME`: key `url` for `slack` and
    `sms`, `password` for `email`, `token` for `webhook`."""


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


class EscalationReceiver(Receiver):
    """Who is told of an alert that stayed unanswered."""

    channel: Literal["slack", "email", "sms", "webhook"]
    """Which kind of channel the target is."""


class Escalation(Section):
    """Where an alert goes that stayed unanswered for as long as its project's escalation policy says."""

    warning: EscalationReceiver | None = None
    """For warnings."""
    critical: EscalationReceiver | None = None
    """For critical alerts."""


HOST_AND_PORT = r"^[^\s:]+:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$"


class Smtp(Section):
    """The mail server that alerts by e-mail go through."""

    smarthost: Annotated[Text, Field(pattern=HOST_AND_PORT)]
    """Host and port."""
    from_address: Annotated[Text, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")]
    """Sender, and the name that it logs in with where a receiver has a password."""


def _not_of_the_system(name: str) -> str:
    if name.startswith("system-"):
        raise ValueError("not a priority class of yours: names that begin with system- are Kubernetes' own")
    return name


PriorityClassName = Annotated[DnsLabel, AfterValidator(_not_of_the_system)]


class PriorityClass(Section):
    """A priority that training may ask for. A cluster never changes one: another value needs another name."""

    value: Annotated[Int, Field(ge=-1_000_000_000, le=1_000_000_000)]
    """The higher, the earlier."""
    preempts: Bool = False
    """Whether it may push out pods of lower priority."""
    description: Text | None = None
    """What it is for."""


class Network(Section):
    """Who on a Kubernetes cluster may speak with what is rendered, beside the environment's own namespace."""

    callers: tuple[PeerNamespace, ...] = ("istio-system",)
    """Namespaces that ask models for predictions, a gateway's included; `*` for every one."""
    metrics: tuple[PeerNamespace, ...] = ("monitoring",)
    """Namespaces of what reads metrics: where Prometheus runs; `*` for every one."""


class Bot(Section):
    """The identity that automatic commits carry."""

    name: Text = "mlops-gitops-bot"
    """Author name."""
    email: MailAddress = "mlops-gitops-bot@localhost"
    """Author address."""


class PlatformSpec(Section):
    """Platform-wide settings, owned by the platform team."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    """Version of this language."""
    registry: ImageRegistry = "registry.invalid/ml"
    """Image registry and path that image names are resolved against."""
    images: Images = all_defaults()
    """The images that rendered resources run."""
    clusters: Annotated[dict[DnsLabel, Cluster], Field(min_length=1)]
    """Clusters by name."""
    environments: Annotated[dict[DnsLabel, EnvironmentSettings], Field(min_length=1)]
    """Environments by name, in promotion order."""
    receivers: Receivers = all_defaults()
    """Alert receivers by channel."""
    prices: dict[Text, Price] = Field(default_factory=dict)
    """Price of one device an hour, by resource name, in the platform's currency."""
    nodes: dict[Text, DevicePlacement] = Field(default_factory=dict)
    """How the nodes of an accelerator are found, by resource name."""
    priority_classes: dict[PriorityClassName, PriorityClass] = Field(default_factory=dict)
    """Priorities that training may ask for."""
    escalation: Escalation = all_defaults()
    """Where unanswered alerts go."""
    smtp: Smtp | None = None
    """The mail server; needed where a receiver is an e-mail address."""
    docs_url: PageAddress = "https://docs.invalid/mlops-gitops"
    """Where this product's `docs/` folder is published; alerts link to their page there."""
    defaults: dict[Text, Any] = Field(default_factory=dict)
    """Defaults for all projects, in the form of a project's configuration; a project's own values stand above them."""
    policy: Policy = all_defaults()
    """What is forbidden and required of every project."""
    network: Network = all_defaults()
    """Who may speak with what is rendered."""
    bot: Bot = all_defaults()
    """The identity of automatic commits."""
    owners: tuple[Owner, ...] = ()
    """The platform team: it owns this file, CI and CODEOWNERS in CODEOWNERS."""
    github: Github = all_defaults()
    """What workflows of GitHub Actions need to know."""
