"""The root of what a team writes: ``mlops_config.yaml`` as one frozen model."""

from typing import Literal

from mlops_gitops.spec.metrics import Family, find_metric
from mlops_gitops.spec.monitoring import Alerting, Monitoring, Remediation
from mlops_gitops.spec.pipeline import Pipeline
from mlops_gitops.spec.project_info import Data, Governance, ProjectInfo, Registry
from mlops_gitops.spec.resources import Accelerator, Devices
from mlops_gitops.spec.section import Section, all_defaults
from mlops_gitops.spec.serving import Serving
from mlops_gitops.spec.stack import Stack
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.testing import Testing
from mlops_gitops.spec.training import Training

DEVICE_OF = {
    "nvidia_gpu": "nvidia.com/gpu",
    "aws_inferentia": "aws.amazon.com/neuron",
    "google_tpu": "google.com/tpu",
}
"""The whole device of each choice of `stack.acceleration`."""


class ProjectSpec(Section):
    """One machine-learning project: pipeline, tests, serving, monitoring, alerting. Four sections are required."""

    apiVersion: Literal["mlops-gitops/v1"] = "mlops-gitops/v1"
    """Version of this language; optional while there is one."""
    project: ProjectInfo = all_defaults()
    """Who owns the project."""
    stack: Stack = all_defaults()
    """Which tool does what."""
    data: Data = all_defaults()
    """Where the data comes from."""
    pipeline: Pipeline
    """Which stages run, and when."""
    training: Training = all_defaults()
    """How the model is fitted."""
    testing: Testing
    """What a version must pass."""
    registry: Registry = all_defaults()
    """How long versions are kept."""
    serving: Serving = all_defaults()
    """How the model answers."""
    monitoring: Monitoring
    """What is watched."""
    alerting: Alerting
    """Who is told."""
    remediation: Remediation = all_defaults()
    """What follows a verdict."""
    governance: Governance = all_defaults()
    """What compliance asks."""

    def watches_accuracy(self) -> bool:
        """Whether the detector measures accuracy: it is named, or no metric of predictions is."""
        names = (*self.monitoring.metrics, *self.testing.thresholds)
        found = [metric for metric in map(find_metric, names) if metric and metric.family is not Family.SERVICE]
        return not found or any(metric.name == "accuracy" for metric in found)

    def training_devices(self) -> Devices:
        """What each training container gets."""
        return Devices(self._device(self.training.accelerator), self.training.device_count())

    def serving_devices(self) -> Devices:
        """What each serving container gets."""
        return Devices(self._device(self.serving.accelerator), self.serving.accelerator.count or 0)

    def most_devices(self) -> dict[str, int]:
        """Accelerators by resource name that one training run and all serving replicas may hold at once."""
        trains = StageName.MODEL_TRAINING in self.pipeline.stages
        serves = StageName.MODEL_DEPLOYMENT in self.pipeline.stages
        replicas = self.serving.autoscaling.max_replicas or self.serving.replicas
        found = dict[str, int]()
        for devices, pods in ((self.training_devices(), trains * self.training.workers),
                              (self.serving_devices(), serves * replicas)):  # fmt: skip
            if devices.count and pods:
                found[devices.resource] = found.get(devices.resource, 0) + devices.count * pods
        return found

    def _device(self, accelerator: Accelerator) -> str:
        return accelerator.resource or DEVICE_OF[self.stack.choice("acceleration") or "nvidia_gpu"]
