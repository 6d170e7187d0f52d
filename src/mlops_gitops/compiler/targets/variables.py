"""Environment variables of a container as a configuration writes them: values, and references to Secrets."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.resources import Variable


def variables(wanted: Iterable[Variable]) -> list[Plain]:
    """The container's ``env`` entries."""
    return [_entry(one) for one in wanted]


def _entry(variable: Variable) -> dict[str, Plain]:
    if variable.secret is None:
        return {"name": variable.name, "value": variable.value or ""}
    reference: dict[str, Plain] = {"name": variable.secret.name, "key": variable.secret.key}
    return {"name": variable.name, "valueFrom": {"secretKeyRef": reference}}


def of_pod(name: str, path: str) -> dict[str, Plain]:
    """A variable that says something of the pod itself."""
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}
