"""Names that Kubernetes is strict about: labels, their values, resources, keys in a Secret."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Strict, WithJsonSchema

from mlops_gitops.spec.scalars import DNS_LABEL, DnsLabel

_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_KEY = rf"({_DOMAIN}/)?{_NAME}"
_VALUE = rf"({_NAME})?"
_DATA_KEY = r"[-._A-Za-z0-9]{1,253}"
_LONGEST_DOMAIN = 253
# What is rendered for an environment owns its namespace: its security level, its network policies, its quota.
_OF_THE_CLUSTER = r"kube-.*|default"


def _label_key(text: str) -> str:
    domain, slash, _ = text.rpartition("/")
    if not re.fullmatch(_KEY, text) or (slash and len(domain) > _LONGEST_DOMAIN):
        raise ValueError("not a label's key: letters, digits, `-`, `_` and `.`, after a domain and a `/` or without")
    return text


def _label_value(text: str) -> str:
    if not re.fullmatch(_VALUE, text):
        raise ValueError(
            "not a label's value: at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at the ends"
        )
    return text


def _secret_key(text: str) -> str:
    if not re.fullmatch(_DATA_KEY, text):
        raise ValueError("not a key of a Secret: letters, digits, `-`, `_` and `.`")
    return text


def _namespace(text: str) -> str:
    if re.fullmatch(_OF_THE_CLUSTER, text):
        raise ValueError(
            "not a namespace for models: it belongs to the cluster itself; name one of your own, like ml-models"
        )
    return text


def _peer(text: str) -> str:
    if text != EVERY_NAMESPACE and not DNS_LABEL.fullmatch(text):
        raise ValueError("not a namespace: lower-case letters, digits and '-', at most 63; or `*` for every one")
    return text


EVERY_NAMESPACE = "*"
"""Written among namespaces that may speak with ours, where any may."""

LabelKey = Annotated[
    str, Strict(), AfterValidator(_label_key), WithJsonSchema({"type": "string", "pattern": f"^{_KEY}$"})
]
LabelValue = Annotated[
    str, Strict(), AfterValidator(_label_value), WithJsonSchema({"type": "string", "pattern": f"^{_VALUE}$"})
]
SecretKeyName = Annotated[
    str,
    Strict(),
    AfterValidator(_secret_key),
    WithJsonSchema({"type": "string", "pattern": f"^{_DATA_KEY}$"}),
]
Namespace = Annotated[
    DnsLabel,
    AfterValidator(_namespace),
    WithJsonSchema({"type": "string", "pattern": f"^(?!({_OF_THE_CLUSTER})$){DNS_LABEL.pattern}$", "maxLength": 63}),
]
"""The namespace of an environment."""
PeerNamespace = Annotated[
    str,
    Strict(),
    AfterValidator(_peer),
    WithJsonSchema({"type": "string", "pattern": rf"^(\*|{DNS_LABEL.pattern})$", "maxLength": 63}),
]
"""A namespace that may speak with an environment's, or ``*``."""
