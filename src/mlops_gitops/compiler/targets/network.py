"""Network policies: every namespace denies by default; what a component needs is allowed beside it."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.kubernetes_names import EVERY_NAMESPACE

# Cloud nodes answer with credentials there; nothing rendered here has any use for the node's own.
_METADATA_SERVER, _METADATA_SERVER_V6 = "169.254.169.254/32", "fd00:ec2::254/128"

DNS: dict[str, Plain] = {"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}
"""Name resolution, wherever the cluster has it: in pods, on the node, or outside."""

ANYWHERE: dict[str, Plain] = {
    "to": [
        {"namespaceSelector": {}},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": [_METADATA_SERVER]}},
        {"ipBlock": {"cidr": "::/0", "except": [_METADATA_SERVER_V6]}},
    ]
}
"""Pods of the cluster and the world outside: for data and registries, whose addresses no policy can know."""


def policy(
    pods: dict[str, Plain], *, ingress: list[Plain] | None = None, egress: list[Plain] | None = None
) -> dict[str, Plain]:
    """A policy's ``spec`` for pods with these labels; both directions are closed but for what is listed."""
    spec: dict[str, Plain] = {
        "podSelector": {"matchLabels": pods} if pods else {},
        "policyTypes": ["Ingress", "Egress"],
    }
    return spec | {key: rules for key, rules in (("ingress", ingress), ("egress", egress)) if rules}


def peers(pods: dict[str, Plain], key: str) -> dict[str, Plain]:
    """A rule for pods of the same namespace; ``key`` is ``from`` or ``to``."""
    return {key: [{"podSelector": {"matchLabels": pods}}]}


def namespaces(names: Iterable[str]) -> list[Plain]:
    """The pods of an environment's own namespace and of those named, for a rule's ``from``."""
    others = tuple(dict.fromkeys(names))
    if EVERY_NAMESPACE in others:
        return [{"namespaceSelector": {}}]
    label = "kubernetes.io/metadata.name"
    selected: list[Plain] = [{"namespaceSelector": {"matchLabels": {label: name}}} for name in others]
    return [{"podSelector": {}}, *selected]
