"""Rules about accelerators and other resources: what no API server takes, and what no node could give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from mlops_gitops.compiler.containers import (
    KNOWN_ACCELERATORS,
    ONE_KIND,
    Complaint,
    complaints,
    mixed,
    unknown_accelerator,
)
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.project import DEVICE_OF
from mlops_gitops.spec.resources import MIG, Placement, Resources, is_accelerator

SECTIONS = ("training", "serving")
_WHOLE = "nvidia.com/gpu"
_TPU = "google.com/tpu"
_TPU_KIND, _TPU_TOPOLOGY = "cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology"


def request_meets_limit(subject: Subject) -> Iterator[Diagnostic]:
    """MG250."""
    for section in SECTIONS:
        for one in _complaints(subject, section):
            if one.code == "MG250" and not is_accelerator(one.resource):
                yield _told(subject, section, one)


def accelerator_known(subject: Subject) -> Iterator[Diagnostic]:
    """MG251."""
    for section in SECTIONS:
        resource = getattr(subject.spec, section).accelerator.resource
        if resource is not None and not is_accelerator(resource):
            span = subject.spans.value((section, "accelerator", "resource"))
            yield Diagnostic("MG251", unknown_accelerator(resource), span, help=f"accelerators: {KNOWN_ACCELERATORS}")
        for one in _complaints(subject, section):
            if one.code == "MG251":
                yield _told(subject, section, one)


def one_kind_of_device(subject: Subject) -> Iterator[Diagnostic]:
    """MG252."""
    for section in SECTIONS:
        resources = getattr(subject.spec, section).resources
        devices = getattr(subject.spec, f"{section}_devices")()
        asked = devices.resource if devices.count else ""
        for resource in dict.fromkeys((*resources.requests, *resources.limits)):
            if not is_accelerator(resource):
                continue
            side = "requests" if resource in resources.requests else "limits"
            both = {asked, resource}
            slices = sorted(one for one in both if MIG.fullmatch(one))
            message, todo = (
                (mixed(slices[0]), ONE_KIND)
                if slices and _WHOLE in both
                else (
                    f"`{resource}` stands in {section}.resources, where no budget, price or node is looked up for it",
                    f"write it in {section}.accelerator: resource and count",
                )
            )
            yield Diagnostic("MG252", message, subject.spans.key((section, "resources", side, resource)), help=todo)


def acceleration_agrees(subject: Subject) -> Iterator[Diagnostic]:
    """MG253."""
    acceleration = subject.spec.stack.choice("acceleration") if subject.wrote("stack", "acceleration") else None
    if acceleration is None:
        return
    for section in SECTIONS:
        resource = getattr(subject.spec, section).accelerator.resource
        family = _WHOLE if resource and MIG.fullmatch(resource) else resource
        if family is not None and is_accelerator(family) and DEVICE_OF[acceleration] != family:
            yield Diagnostic(
                "MG253",
                f"{section}.accelerator asks for `{resource}`, stack.acceleration says `{acceleration}`",
                subject.spans.value((section, "accelerator", "resource")),
                help="drop one of the two: where no resource is written, it follows stack.acceleration",
                related=subject.origin("stack", "acceleration"),
            )


def nodes_are_the_devices(subject: Subject) -> Iterator[Diagnostic]:
    """MG243."""
    if all(subject.is_local(one) for one in subject.environments):
        return
    for section in SECTIONS:
        devices = getattr(subject.spec, f"{section}_devices")()
        found_by = subject.platform.nodes.get(devices.resource, Placement()).node_selector if devices.count else {}
        for label, value in getattr(subject.spec, section).node_selector.items():
            if found_by.get(label, value) == value:
                continue
            platform = subject.platform_spans.value(("nodes", devices.resource, "node_selector", label))
            yield Diagnostic(
                "MG243",
                f"nodes with `{devices.resource}` have {label} `{found_by[label]}`, not `{value}`",
                subject.spans.value((section, "node_selector", label)),
                help="leave it out: pods that ask for the device are placed on those nodes",
                related=(f"the platform says so at {platform}",),
            )


def tpu_can_be_placed(subject: Subject) -> Iterator[Diagnostic]:
    """MG254."""
    if all(subject.is_local(one) for one in subject.environments):
        return
    for section, pods in (("training", subject.spec.training.workers), ("serving", 1)):
        devices = getattr(subject.spec, f"{section}_devices")()
        if devices.resource != _TPU or not devices.count:
            continue
        nodes = subject.platform.nodes.get(_TPU, Placement())
        labels = {**nodes.node_selector, **getattr(subject.spec, section).node_selector}
        path = (section, "accelerator", "resource")
        lacking = [label for label in (_TPU_KIND, _TPU_TOPOLOGY) if label not in labels]
        if lacking:
            yield Diagnostic(
                "MG254",
                f"no node selector says {' and '.join(lacking)}, which TPU pods are placed by",
                subject.first_written(path, (section, "accelerator"), ("stack", "acceleration")),
                help=f"write it in nodes.{_TPU}.node_selector of projects/platform.yaml, or in {section}.node_selector",
            )
        elif message := _topology(labels[_TPU_TOPOLOGY], devices.count, pods):
            place = subject.first_written((section, "node_selector", _TPU_TOPOLOGY), (section, "accelerator", "count"))
            todo = "chips of the topology = devices of each pod × pods: all hosts of a slice train together"
            yield Diagnostic("MG254", message, place, help=todo)


def _topology(written: str, count: int, pods: int) -> str | None:
    """What is wrong with a topology like `2x4` for so many devices in so many pods."""
    if not re.fullmatch(r"[1-9]\d*(x[1-9]\d*){1,2}", written):
        return f"`{written}` is no topology: it looks like 2x4 or 4x4x4"
    chips = prod(int(side) for side in written.split("x"))
    if chips == count * pods:
        return None
    each = f"{count} in each of {pods} workers" if pods > 1 else f"{count}"
    return f"topology {written} has {chips} chips, but {each} are asked for"


def _complaints(subject: Subject, section: str) -> Iterator[Complaint]:
    wanted: Resources = getattr(subject.spec, section).resources
    shared = subject.spec.training.shared_memory if section == "training" else None
    yield from complaints(*wanted.asked(shared))


def _told(subject: Subject, section: str, one: Complaint) -> Diagnostic:
    own = (section, "resources", one.side, one.resource)
    other = (section, "resources", "limits" if one.side == "requests" else "requests", one.resource)
    plain = (section, "resources", one.resource.replace("-", "_"))
    span = subject.first_written(own, other, plain)
    return Diagnostic(one.code, one.message, span, help=one.todo)
