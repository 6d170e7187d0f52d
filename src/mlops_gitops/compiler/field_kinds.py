"""Which scalars may stand in a field: what decides whether an unquoted value with two readings has two meanings.

Read off the models' JSON Schemas, which know what a validator lets through (a quantity may be a number or text), and
only for the few scalars that YAML's versions read differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from mlops_gitops.compiler.plain_scalars import ANYTHING, Kind, Wanted
from mlops_gitops.compiler.spans import Path
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import DATE_PATTERN

Schema = dict[str, Any]
_KINDS: dict[str, Kind] = {
    "null": "nothing",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "text",
}


def wanted_at(model: type[BaseModel] | None, path: Path) -> Wanted:
    """What may stand at ``path`` of a file that ``model`` describes; anything where there is no model."""
    if model is None:
        return ANYTHING
    if model is PlatformSpec and path[:1] == ("defaults",):
        model, path = ProjectSpec, path[1:]
    root = _schema(model)
    here = [root]
    for part in path:
        here = [below for schema in here for below in _below(schema, part, root)]
    kinds, choices = set[Kind](), set[str]()
    for schema in here:
        if not schema.keys() - {"description", "default", "title", "examples"}:
            return ANYTHING
        kinds.update(_kinds(schema))
        choices.update(one for one in _values(schema) if isinstance(one, str))
    return Wanted(frozenset(kinds), frozenset(choices))


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema(mode="validation")


def _branches(schema: Schema, root: Schema) -> Iterator[Schema]:
    """The schema itself, or each of those that it refers to."""
    if reference := schema.get("$ref"):
        yield from _branches(root["$defs"][reference.rpartition("/")[2]], root)
    elif "anyOf" in schema or "oneOf" in schema:
        for branch in schema.get("anyOf") or schema["oneOf"]:
            yield from _branches(branch, root)
    else:
        yield schema


def _below(schema: Schema, part: str | int, root: Schema) -> Iterator[Schema]:
    for branch in _branches(schema, root):
        for below in _children(branch, part):
            yield from _branches(below, root)


def _children(schema: Schema, part: str | int) -> Iterable[Schema]:
    if part in schema.get("properties", {}):
        return (schema["properties"][part],)
    if "items" in schema:  # Or by name: layers may write a list whose items have one as a mapping.
        return (schema["items"],)
    others = schema.get("additionalProperties", False)
    patterns = tuple(schema.get("patternProperties", {}).values())
    return patterns or ((others if isinstance(others, dict) else {},) if others is not False else ())


def _kinds(schema: Schema) -> Iterator[Kind]:
    if "enum" in schema or "const" in schema:
        return
    types = schema.get("type", ())
    if schema.get("pattern") == DATE_PATTERN:
        # It takes days alone, and says itself which of them do not exist.
        yield "day"
    for name in (types,) if isinstance(types, str) else types:
        if name in _KINDS:
            yield _KINDS[name]


def _values(schema: Schema) -> list[Any]:
    return [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
