"""Where pods may run: the nodes of their devices as the platform describes them, and what the project says beside that.

Nodes with devices usually carry a taint named like the device, so that nothing else fills them; pods that ask for a
device put up with it, whether the platform says so or not.
"""

from __future__ import annotations

from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.resources import MIG_PREFIX, Devices, Placement, Toleration

WHOLE_GPU = "nvidia.com/gpu"


def placement(platform: PlatformSpec, devices: Devices, wanted: Placement) -> dict[str, Plain]:
    """``nodeSelector`` and ``tolerations`` of a pod; neither where nothing is asked for."""
    fields: dict[str, Plain] = {}
    if labels := {**_of_device(platform, devices).node_selector, **wanted.node_selector}:
        fields["nodeSelector"] = dict(labels)
    every = (*_of_device(platform, devices).tolerations, *wanted.tolerations)
    by_taint = {(one.key, one.effect): one for one in every}
    if devices.count:
        taint = WHOLE_GPU if devices.resource.startswith(MIG_PREFIX) else devices.resource
        # The name was checked where it was read.
        ours = Toleration.model_construct(key=taint)
        by_taint.setdefault((taint, ours.effect), ours)
    if by_taint:
        fields["tolerations"] = [_toleration(one) for one in by_taint.values()]
    return fields


def _of_device(platform: PlatformSpec, devices: Devices) -> Placement:
    return (platform.nodes.get(devices.resource) if devices.count else None) or Placement()


def _toleration(wanted: Toleration) -> dict[str, Plain]:
    entry: dict[str, Plain] = {"key": wanted.key, "operator": wanted.operator}
    if wanted.value is not None:
        entry["value"] = wanted.value
    entry["effect"] = wanted.effect
    return entry
