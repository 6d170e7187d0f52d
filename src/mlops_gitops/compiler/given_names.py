"""The names that a rendered project gives: of its objects, of what a cluster makes from them, of its alerts.

A name is joined from a project's name and other words by `-`, or in camel case, so that two projects can come to one
name in different ways, `fraud` and `fraud-eu` for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.file_names import MANIFESTS
from mlops_gitops.compiler.paths import value_at
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.summary import ObjectName

KSERVE = "serving.kserve.io"
Identity = tuple[str, str, str]
"""Group, kind and name: what a namespace holds once."""
# KServe's modes in which a predictor is a Deployment; in the other one it is several, which have names of their own.
_WITH_DEPLOYMENTS = ("Standard", "RawDeployment")


def group_of(api: str) -> str:
    """The group of an API version; empty for the core group, which has none."""
    return api.rpartition("/")[0]


def identity_of(document: Plain) -> Identity:
    """What an object is known by in its namespace."""
    return group_of(_text(document, "apiVersion")), _text(document, "kind"), _text(document, "metadata", "name")


def objects_of(artifact: Artifact) -> Iterator[ObjectName]:
    """The objects of an artifact, and what KServe makes from them."""
    if not artifact.environment:
        return
    for document in artifact.content if isinstance(artifact.content, list) else [artifact.content]:
        if _text(document, "kind") and _text(document, "apiVersion"):
            namespace = _text(document, "metadata", "namespace")
            yield ObjectName(artifact.environment, namespace, *identity_of(document))
            for made in made_by_kserve(document):
                yield ObjectName(artifact.environment, namespace, *made, "KServe")


def made_by_kserve(document: Plain) -> Iterator[Identity]:
    """Deployments and Services that an InferenceService becomes, one for each predictor."""
    group, kind, name = identity_of(document)
    if (group, kind) != (KSERVE, "InferenceService"):
        return
    mode = _text(document, "metadata", "annotations", f"{KSERVE}/deploymentMode")
    candidates = value_at(document, ("spec", "canary"))
    predictors = [document, *(candidates if isinstance(candidates, list) else ())]
    for index, one in enumerate(predictors):
        own = _text(one, *(() if index else ("spec",)), "predictor", "name")
        workload = f"{name}-{own}-predictor" if own else f"{name}-predictor"
        yield "", "Service", workload
        if mode in _WITH_DEPLOYMENTS:
            yield "apps", "Deployment", workload


def alerts_of(artifact: Artifact) -> Iterator[str]:
    """The alerts that an artifact has; not those that a project writes itself, which are named as it likes."""
    if f"/{MANIFESTS}/" in artifact.path or _text(artifact.content, "kind") != "PrometheusRule":
        return
    for group in _items(artifact.content, "spec", "groups"):
        yield from (name for rule in _items(group, "rules") if (name := _text(rule, "alert")))


def _items(document: Plain, *path: str) -> list[Plain]:
    value = value_at(document, path)
    return value if isinstance(value, list) else []


def _text(document: Plain, *path: str) -> str:
    value = value_at(document, path)
    return value if isinstance(value, str) else ""
