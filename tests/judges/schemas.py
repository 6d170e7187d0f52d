"""The published schemas of Kubernetes objects: the API's own by version, and those of custom resources by their CRDs.

The API's schemas are shipped by ``kubernetes-validate``.  A CRD is read from the Go module of the operator that defines
it; its schema is made strict, because what an API server calls an unknown field JSON Schema lets pass.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import kubernetes_validate
import yaml
from jsonschema import Draft202012Validator

from tests.judges.programs import lacks
from tools.go_programs import SETS

VERSIONS = tuple(f"1.{minor}" for minor in range(29, 37))
"""The Kubernetes versions that a cluster may declare."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes a lone ``=``, which CRDs hold in lists of operators, as text."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def kubernetes_schemas(objects: Iterable[Mapping[str, Any]], version: str) -> None:
    """Built-in kinds by the API schemas published for a version, custom resources by their CRDs' schemas."""
    wrong = [f"{_name(body)}: {message}" for body in objects for message in _schema_errors(body, version)]
    assert not wrong, f"not valid for Kubernetes {version}:\n" + "\n".join(wrong)


def _name(body: Mapping[str, Any]) -> str:
    return f"{body['kind']}/{body['metadata']['name']}"


def is_custom(group: str) -> bool:
    """Is this API group an operator's, and none of Kubernetes' own?"""
    return "." in group and not group.endswith(".k8s.io")


def _schema_errors(body: Mapping[str, Any], version: str) -> list[str]:
    if not is_custom(body["apiVersion"].rpartition("/")[0]):
        try:
            kubernetes_validate.validate(body, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            return [f"{'.'.join(map(str, error.path))}: {error.message}"]
        return []
    validator = crd_validator(body["apiVersion"], body["kind"])
    if validator is None:
        return [f"no schema of {body['apiVersion']} {body['kind']}: require its CRD in tests/cluster/crds/go.mod"]
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(body)]


@functools.cache
def _crd_texts() -> tuple[str, ...]:
    paths = sorted((SETS["crds"].place() / "files").glob("*/*.yaml"))
    return tuple(path.read_text(encoding="utf-8") for path in paths) or lacks("the CRDs of the operators")


@functools.cache
def crd(group: str, kind: str) -> dict[str, Any] | None:
    """The CustomResourceDefinition of a kind, as the operator's own Go module has it; some are megabytes of YAML."""
    likely = (text for text in _crd_texts() if f"group: {group}\n" in text and f"kind: {kind}\n" in text)
    for body in (body for text in likely for body in yaml.load_all(text, _Loader)):
        if body["spec"]["group"] == group and body["spec"]["names"]["kind"] == kind:
            return dict(body)
    return None


@functools.cache
def crd_validator(api_version: str, kind: str) -> Draft202012Validator | None:
    """A strict validator of one version of a custom kind; ``None`` where nobody defines it."""
    group, version = api_version.split("/")
    definition = crd(group, kind)
    if definition is None:
        return None
    for served in definition["spec"]["versions"]:
        if served["name"] == version:
            schema = _strict(served["schema"]["openAPIV3Schema"])
            # The head of an object is the API server's, and no CRD describes it.
            schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {"type": "object"}}
            return Draft202012Validator(schema)
    return None


def _strict(schema: Any) -> Any:
    """A structural schema as JSON Schema that refuses unknown fields, as the API server's strict validation does."""
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    if schema.get("x-kubernetes-embedded-resource") or schema.get("x-kubernetes-preserve-unknown-fields"):
        return {"type": schema["type"]} if "type" in schema else {}
    # `anyOf` and the like only narrow what stands beside them: unknown fields are no matter of theirs.
    kept = {key: value for key, value in schema.items() if key not in {"nullable", "format"}}
    kept |= {key: _strict(kept[key]) for key in ("items", "additionalProperties") if key in kept}
    if "properties" in kept:
        kept["properties"] = {name: _strict(value) for name, value in kept["properties"].items()}
        kept.setdefault("additionalProperties", False)
    if schema.get("nullable") and "type" in kept:
        kept["type"] = [kept["type"], "null"]
    return kept
