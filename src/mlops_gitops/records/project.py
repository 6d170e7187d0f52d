"""A compiled project: its spec with all overlays resolved, its data contract, and the digests of what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import Cluster, EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.resources import Devices
from mlops_gitops.spec.stack import KEEPS_ANSWERS, SPLIT_TRAFFIC, TENSORFLOW_SERVING
from mlops_gitops.spec.training import DECIDES_THE_MODEL


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of a project: its overlaid spec, its cluster, and the version released to it (if any)."""

    name: str
    settings: EnvironmentSettings
    cluster: Cluster
    spec: ProjectSpec
    release: Release | None

    @property
    def local(self) -> bool:
        """Whether its objects run as processes on one machine."""
        return self.cluster.kind == "local"

    def choice(self, area: str) -> str | None:
        """The tool of an area of the stack, as this environment's cluster can run it."""
        return self.spec.stack.choice(area, local=self.local)

    def training_devices(self) -> Devices:
        """What each training container gets; one machine without a cluster hands out no devices."""
        return self._given(self.spec.training_devices())

    def serving_devices(self) -> Devices:
        """What each serving container gets."""
        return self._given(self.spec.serving_devices())

    def most_devices(self) -> dict[str, int]:
        """Devices by resource name that one training run and all serving replicas may hold at once."""
        return {} if self.local else self.spec.most_devices()

    def _given(self, devices: Devices) -> Devices:
        return replace(devices, count=0) if self.local else devices

    @property
    def workers(self) -> int:
        """Pods that train together; one machine without a cluster runs a Job as one process."""
        return 1 if self.local else self.spec.training.workers

    @property
    def canary_steps(self) -> tuple[int, ...]:
        """Shares of the traffic that a new version gets one after another; none where the runtime cannot split it."""
        return self.spec.serving.canary.steps if self.choice("serving") in SPLIT_TRAFFIC else ()

    @property
    def keeps_answers(self) -> bool:
        """Whether what is answered here is kept, so that a monitor can look at it."""
        return self.choice("serving") in KEEPS_ANSWERS


_FOR_READERS = ("description", "unit")
"""Keys of a column that no program goes by."""


@dataclass(frozen=True)
class Project:
    """A project as the targets, the runner and the plan see it.

    ``spec`` is without any environment's overlay.  ``data_digest`` is the data pointer's hash (``md5:…``, empty
    without a pointer), ``code_digest`` covers every file of the project's Python code.
    """

    name: str
    spec: ProjectSpec
    contract: DataContract
    platform: PlatformSpec
    environments: tuple[Environment, ...]
    data_digest: str
    code_digest: str
    manifests: Mapping[str, dict[str, Plain]] = field(default_factory=dict)
    """Kubernetes objects of the project's own, by file name."""
    packages: tuple[str, ...] = ()
    """Paths of the files that say which packages its code needs."""

    @property
    def folder(self) -> str:
        """The project's folder from the repository root."""
        return f"projects/{self.name}"

    @cached_property
    def exports_saved_model(self) -> bool:
        """Whether the model is packaged for TensorFlow Serving too, because one of the environments serves with it."""
        return any(one.choice("serving") == TENSORFLOW_SERVING for one in self.environments)

    @cached_property
    def config_digest(self) -> str:
        """Digest of the configuration that decides what training makes.

        Not of thresholds, alerts or how it serves, nor of what only people read, like a column's description.
        """
        spec, contract = self.spec.plain, self.contract.plain
        columns = [{key: said for key, said in one.items() if key not in _FOR_READERS} for one in contract["columns"]]
        return digest_of(
            {
                "data": {key: said for key, said in spec["data"].items() if key != "retention"},
                "contract": {**contract, "columns": columns},
                "training": {key: spec["training"][key] for key in DECIDES_THE_MODEL},
                "min_importance": spec["pipeline"]["stage_options"]["feature_engineering"]["min_importance"],
                **({"saved_model": True} if self.exports_saved_model else {}),
            }
        )

    @cached_property
    def training_key(self) -> str:
        """Digest of data, code and configuration: the same key means the same training, wherever it runs."""
        return digest_of({"data": self.data_digest, "code": self.code_digest, "config": self.config_digest})

    @cached_property
    def can_be_attacked(self) -> bool:
        """Whether there is a number that somebody could change a little: attacks are on those."""
        return self.contract.has_numeric_feature()

    def environment(self, name: str) -> Environment | None:
        """The environment of a name, or nothing."""
        return next((one for one in self.environments if one.name == name), None)
