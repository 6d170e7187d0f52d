"""Rules about TensorFlow Serving: it takes Keras models, on the devices that it was built for, and keeps no answers."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.serving import GRPC_PORT
from mlops_gitops.spec.stack import TENSORFLOW_SERVING
from mlops_gitops.spec.stages import StageName

_NVIDIA = "nvidia.com/"
_WRITTEN = ("stack", "serving")


def can_run(subject: Subject) -> Iterator[Diagnostic]:
    """MG268."""
    if _serves(subject):
        yield from (*_takes_the_model(subject), *_has_its_devices(subject), *_has_its_ports(subject))


def _takes_the_model(subject: Subject) -> Iterator[Diagnostic]:
    framework = subject.spec.training.framework
    if framework != "keras":
        yield Diagnostic(
            "MG268",
            f"TensorFlow Serving cannot load a model of {framework}",
            subject.spans.value(_WRITTEN),
            help="it serves Keras (training.framework: keras); for scikit-learn take fastapi or kserve",
            related=subject.origin("training", "framework"),
        )


def _has_its_devices(subject: Subject) -> Iterator[Diagnostic]:
    devices = subject.spec.serving_devices()
    if devices.count and not devices.resource.startswith(_NVIDIA):
        yield Diagnostic(
            "MG268",
            f"TensorFlow Serving does not run on {devices.resource}",
            subject.first_written(("serving", "accelerator", "resource"), ("serving", "accelerator", "count")),
            help="its images are for CPUs and for NVIDIA GPUs: ask for those, or take fastapi or kserve",
        )


def _has_its_ports(subject: Subject) -> Iterator[Diagnostic]:
    if subject.spec.serving.port == GRPC_PORT:
        yield Diagnostic(
            "MG268",
            f"TensorFlow Serving takes port {GRPC_PORT} for gRPC",
            subject.spans.value(("serving", "port")),
            help="serving.port is where it answers over HTTP: write another one, 8501 is usual",
        )


def answers_are_looked_at(subject: Subject) -> Iterator[Diagnostic]:
    """MG269."""
    if _serves(subject) and StageName.MODEL_MONITORING in subject.spec.pipeline.stages:
        yield Diagnostic(
            "MG269",
            f"nothing looks for drift or regressions in {', '.join(_clusters(subject))}: "
            "TensorFlow Serving keeps no answers",
            subject.spans.value(_WRITTEN),
            Severity.WARNING,
            help="latency, errors and load are watched all the same; fastapi and kserve keep answers for the monitor",
        )


def _serves(subject: Subject) -> bool:
    """Whether it is written for a place that can run it; elsewhere MG261 speaks."""
    return getattr(subject.spec.stack, "serving", None) == TENSORFLOW_SERVING and bool(_clusters(subject))


def _clusters(subject: Subject) -> list[str]:
    return [name for name in subject.environments if not subject.is_local(name)]
