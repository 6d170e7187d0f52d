"""What a container asks for, as an API server and the nodes' device plug-ins judge it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.spec.quantity import amount
from mlops_gitops.spec.resources import ACCELERATORS, MIG, is_accelerator

_NATIVE = ("cpu", "memory", "ephemeral-storage")
_HUGE_PAGES = "hugepages-"
# Domains whose devices we know: another name below them is a slip of the pen.
_VENDORS = tuple(one.partition("/")[0] for one in ACCELERATORS)
KNOWN_ACCELERATORS = ", ".join((*ACCELERATORS, "nvidia.com/mig-<profile>"))


class Complaint(NamedTuple):
    """One thing wrong with a resource; ``side`` is ``requests`` or ``limits``, where it is to be mended."""

    code: str
    message: str
    side: str
    resource: str
    todo: str


def complaints(requests: Mapping[str, str], limits: Mapping[str, str]) -> Iterator[Complaint]:
    """All that is wrong with one container's requests and limits (legal quantities)."""
    for resource in dict.fromkeys((*requests, *limits)):
        side = "requests" if resource in requests else "limits"
        if strange := strange_name(resource):
            yield Complaint("MG251", strange, side, resource, _legal(resource))
        elif "/" in resource or resource.startswith(_HUGE_PAGES):
            yield from _exact(resource, requests.get(resource), limits.get(resource))
        elif resource in requests and resource in limits and _more(requests[resource], limits[resource]):
            message = f"{resource} request {requests[resource]} is more than its limit {limits[resource]}"
            yield Complaint("MG250", message, side, resource, "raise the limit, or ask for less")
    whole, sliced = "nvidia.com/gpu", sorted(one for one in {*requests, *limits} if MIG.fullmatch(one))
    if sliced and whole in {*requests, *limits}:
        side = "limits" if sliced[0] in limits else "requests"
        yield Complaint("MG252", mixed(sliced[0]), side, sliced[0], ONE_KIND)


ONE_KIND = "take one kind: whole devices, or slices of one profile"


def mixed(profile: str) -> str:
    """How a mixture of whole devices and slices is told."""
    return f"whole GPUs and `{profile}` are asked for together: no program sees both"


def strange_name(resource: str) -> str | None:
    """What is odd about a resource's name, or nothing."""
    domain, slash, _ = resource.partition("/")
    if not slash and resource not in _NATIVE and not resource.startswith(_HUGE_PAGES):
        return _unknown("resource", resource, (*_NATIVE, *ACCELERATORS))
    return unknown_accelerator(resource) if domain in _VENDORS and not is_accelerator(resource) else None


def _legal(resource: str) -> str:
    if "/" in resource or "gpu" in resource:
        return f"accelerators: {KNOWN_ACCELERATORS}"
    return f"resources: {', '.join(_NATIVE)}, {_HUGE_PAGES}<size>, or a device's name with its domain"


def unknown_accelerator(resource: str) -> str:
    """How an accelerator is told that nobody offers."""
    if "mig" in resource:
        return f"unknown slice `{resource}`: a slice of a GPU is written like `nvidia.com/mig-1g.10gb`"
    return _unknown("accelerator", resource, ACCELERATORS)


def _unknown(noun: str, resource: str, legal: tuple[str, ...]) -> str:
    close = next((one for one in legal if one.endswith(f"/{resource}")), None) or did_you_mean(resource, legal)
    return f"unknown {noun} `{resource}`" + (f"; did you mean `{close}`?" if close else "")


def _exact(resource: str, request: str | None, limit: str | None) -> Iterator[Complaint]:
    """Devices and huge pages are handed out whole, and never more of them than are asked for."""
    written = limit if request is None else request
    assert written is not None
    side = "limits" if request is None else "requests"
    if not resource.startswith(_HUGE_PAGES) and amount(written) % 1:
        yield Complaint(
            "MG250", f"{resource} is handed out whole, not as {written}", side, resource, "ask for a whole number"
        )
    elif limit is None:
        todo = f"add the same to the limits: {resource}: {request}"
        yield Complaint("MG250", f"{resource} is requested without a limit", side, resource, todo)
    elif request is not None and amount(request) != amount(limit):
        message = f"{resource} request {request} and limit {limit} differ"
        yield Complaint("MG250", message, side, resource, "make them equal: a device cannot be shared")


def _more(one: str, other: str) -> bool:
    return amount(one) > amount(other)
