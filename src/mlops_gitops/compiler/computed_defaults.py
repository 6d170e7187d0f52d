"""Defaults that are no constants: what a key means where nobody wrote it, and why, worked out from the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stack import AREAS


@dataclass(frozen=True, slots=True)
class Setting:
    """What a default may hang on beside the spec: the project's name, and whether its cluster is this machine."""

    project: str
    spec: ProjectSpec
    local: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """A value, and what it was worked out from."""

    value: Plain
    why: str


def computed_defaults(setting: Setting) -> dict[Path, Computed]:
    """All of them by path."""
    return {path: compute(setting) for path, compute in {**_COMPUTED, **_TOOLS}.items()}


def _overall_timeout(setting: Setting) -> Computed:
    pipeline = setting.spec.pipeline.model_copy(update={"timeout": None})
    total = format_duration(pipeline.stages_timeout())
    return Computed(
        format_duration(pipeline.overall_timeout()), f"the larger of 2 h and the sum of the stages' timeouts ({total})"
    )


def _training_devices(setting: Setting) -> Computed:
    training = setting.spec.training
    unset = training.model_copy(update={"accelerator": training.accelerator.model_copy(update={"count": None})})
    return Computed(unset.device_count(), f"what {training.framework} needs")


def _training_resource(setting: Setting) -> Computed:
    training = setting.spec.training
    unset = training.model_copy(update={"accelerator": training.accelerator.model_copy(update={"resource": None})})
    return _resource(setting, setting.spec.model_copy(update={"training": unset}).training_devices().resource)


def _serving_resource(setting: Setting) -> Computed:
    serving = setting.spec.serving
    unset = serving.model_copy(update={"accelerator": serving.accelerator.model_copy(update={"resource": None})})
    return _resource(setting, setting.spec.model_copy(update={"serving": unset}).serving_devices().resource)


def _resource(setting: Setting, resource: str) -> Computed:
    return Computed(resource, f"follows stack.acceleration: {setting.spec.stack.choice('acceleration')}")


def _checkpoints(setting: Setting) -> Computed:
    training = setting.spec.training
    unset = training.model_copy(update={"checkpoints": training.checkpoints.model_copy(update={"enabled": None})})
    return Computed(unset.keeps_checkpoints(), f"what {training.framework} needs")


def _name(setting: Setting) -> Computed:
    return Computed(setting.project, "the name of its folder")


def _latency_limit(setting: Setting) -> Computed:
    return Computed(format_duration(setting.spec.serving.slo.latency), "follows serving.slo.latency")


def _tool(area: str) -> Callable[[Setting], Computed]:
    def compute(setting: Setting) -> Computed:
        profile = setting.spec.stack.profile
        unset = setting.spec.stack.model_copy(update={area: None})
        chosen = unset.choice(area, local=setting.local)
        first = "the first that one machine can run" if setting.local and chosen != unset.choice(area) else ""
        why = f"profile {profile}" + (f", {first}" if first else "")
        return Computed(chosen, why if chosen else f"{why}, none is supported today")

    return compute


_COMPUTED: Mapping[Path, Callable[[Setting], Computed]] = {
    ("project", "name"): _name,
    ("pipeline", "timeout"): _overall_timeout,
    ("pipeline", "stage_options", "model_monitoring", "max_latency_p95"): _latency_limit,
    ("training", "accelerator", "count"): _training_devices,
    ("training", "accelerator", "resource"): _training_resource,
    ("training", "checkpoints", "enabled"): _checkpoints,
    ("serving", "accelerator", "resource"): _serving_resource,
}
_TOOLS: Mapping[Path, Callable[[Setting], Computed]] = {("stack", area.name): _tool(area.name) for area in AREAS}
