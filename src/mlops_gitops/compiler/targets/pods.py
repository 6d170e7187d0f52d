"""What every rendered pod has in common: image reference, restricted security context, equal request and limit."""

from __future__ import annotations

from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import IMAGE_PLACEHOLDER
from mlops_gitops.spec.platform import Image, PlatformSpec
from mlops_gitops.spec.resources import Devices, Resources

PLACEHOLDER_DIGEST = "sha256:" + "0" * 64
MODEL_STORE_CLAIM = "model-store"
MODEL_STORE_PATH = "/var/lib/mlops-gitops/models"
WORKSPACE_CLAIM = "workspace"
WORKSPACE_PATH = "/workspace"
# Outside 0 and of no other service: restricted pod security wants a named non-root user.
USER_ID = 10001


def image_reference(platform: PlatformSpec, image: Image) -> str:
    """``registry/name@sha256:…``; all zeros stand for a digest that the platform has not set yet."""
    return f"{platform.registry}/{image.name}@{image.digest or PLACEHOLDER_DIGEST}"


def placeholder_annotation(image: Image) -> dict[str, Plain]:
    """Marks an object whose image has no digest, so that an apply to Kubernetes can refuse it."""
    return {} if image.digest else {IMAGE_PLACEHOLDER: "true"}


def resources(wanted: Resources, devices: Devices | None = None, shared_memory: str | None = None) -> dict[str, Plain]:
    """Requests and limits; devices are limited to what is requested."""
    requests, limits = wanted.asked(shared_memory)
    given = {devices.resource: str(devices.count)} if devices is not None and devices.count else {}
    return {"requests": {**requests, **given}, "limits": {**limits, **given}}


def pod_security() -> dict[str, Plain]:
    """The pod's part of the restricted profile."""
    return {
        "runAsNonRoot": True,
        "runAsUser": USER_ID,
        "runAsGroup": USER_ID,
        "fsGroup": USER_ID,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> dict[str, Plain]:
    """The container's part of the restricted profile."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def claim(name: str, claim_name: str, *, read_only: bool = False) -> dict[str, Plain]:
    """A volume backed by a claim."""
    source: dict[str, Plain] = {"claimName": claim_name}
    if read_only:
        source["readOnly"] = True
    return {"name": name, "persistentVolumeClaim": source}


def mount(name: str, path: str, *, read_only: bool = False) -> dict[str, Plain]:
    """A mount of a volume."""
    entry: dict[str, Plain] = {"name": name, "mountPath": path}
    if read_only:
        entry["readOnly"] = True
    return entry


def temporary() -> dict[str, Plain]:
    """A scratch volume, because the root file system is read-only."""
    return {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}


def in_memory(name: str, size: str) -> dict[str, Plain]:
    """A volume in memory, for `/dev/shm`."""
    return {"name": name, "emptyDir": {"medium": "Memory", "sizeLimit": size}}
