"""Network policies: every namespace denies by default; what a component needs is allowed beside it."""

from __future__ import annotations

from mlops_gitops.records.artifact import Plain

# Cloud nodes answer with credentials there; nothing rendered here has any use for the node's own.
_METADATA_SERVER = "169.254.0.0/16"
_DNS_PORTS: list[Plain] = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]

DNS: dict[str, Plain] = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": _DNS_PORTS,
}
"""Name resolution by the cluster."""

ANYWHERE: dict[str, Plain] = {
    "to": [
        {"namespaceSelector": {}},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": [_METADATA_SERVER]}},
        {"ipBlock": {"cidr": "::/0", "except": ["fe80::/10", "fd00:ec2::/32"]}},
    ]
}
"""Pods of the cluster and the world outside: for data and registries, whose addresses no policy can know."""


def policy(
    pods: dict[str, Plain], *, ingress: list[Plain] | None = None, egress: list[Plain] | None = None
) -> dict[str, Plain]:
    """A policy's ``spec`` for pods with these labels; both directions are closed but for what is listed."""
    selected: dict[str, Plain] = {"matchLabels": pods} if pods else {}
    return {
        "podSelector": selected,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": ingress or [],
        "egress": egress or [],
    }


def peers(pods: dict[str, Plain], key: str) -> dict[str, Plain]:
    """A rule for pods of the same namespace; ``key`` is ``from`` or ``to``."""
    return {key: [{"podSelector": {"matchLabels": pods}}]}
