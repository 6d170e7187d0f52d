"""JSON Schemas of configuration in layers: of a whole file that has others below it, and of a part that lies over one.

In a layer ``null`` takes a value away, and a list whose items are known by a key may be written as a mapping too.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mlops_gitops.spec.json_schema import Schema

Keys = tuple[str | int, ...]
_NULL: Schema = {"type": "null"}
_REFERENCE = "#/$defs/"


def layered(schema: Schema, keyed: Mapping[Keys, str]) -> Schema:
    """A whole file's schema as one layer's: every key that is not required may be taken away.

    ``keyed`` says where lists are known by a key, and by which.
    """
    result = copy.deepcopy(schema)
    for path, key in keyed.items():
        value = _section_at(result, path[:-1])["properties"][path[-1]]
        # The original still says what an item needs, whichever list it was changed for.
        needs = _resolved(value["items"], schema).get("required", ())
        _resolved(value["items"], result).pop("required", None)
        value["anyOf"] = _both_forms(value.pop("type"), value.pop("items"), sorted({key, *needs}))
    for section in _sections(result):
        _let_null(section, section.get("required", ()))
    return result


def partial(schema: Schema, words: tuple[str, str], left_out: Iterable[Keys]) -> Schema:
    """The schema of a part of ``schema``'s files, itself a layer's, without the paths that the part may not set.

    ``words`` are its title and description.
    """
    result = copy.deepcopy(schema)
    for path in left_out:
        del _section_at(result, path[:-1])["properties"][path[-1]]
    for section in _sections(result):
        section.pop("required", None)
        _let_null(section)
    result["title"], result["description"] = words
    result["$defs"] = _used(result)
    return result


def embedded(schema: Schema, below: str, part: Schema) -> Schema:
    """``schema`` whose key ``below`` holds a ``part``, the definitions of which get a beginning of their own."""
    result = copy.deepcopy(schema)
    renamed = _renamed({key: value for key, value in part.items() if key not in ("$schema", "title", "$defs")}, below)
    about = result["properties"][below]
    kept = {key: about[key] for key in ("description", "examples") if key in about}
    result["properties"][below] = {**renamed, **kept}
    result["$defs"] |= {f"{below}.{name}": _renamed(section, below) for name, section in part["$defs"].items()}
    return result


def _sections(schema: Schema) -> tuple[Schema, ...]:
    return (schema, *schema.get("$defs", {}).values())


def _section_at(schema: Schema, path: Keys) -> Schema:
    section = schema
    for part in path:
        section = _resolved(section["properties"][part], schema)
    return section


def _resolved(schema: Schema, root: Schema) -> Schema:
    branches = [one for one in schema.get("anyOf", ()) if one != _NULL]
    reference = (branches[0] if branches else schema).get("$ref", "")
    return root["$defs"][reference.removeprefix(_REFERENCE)] if reference else schema


def _both_forms(kind: str, items: Schema, needs: list[str]) -> list[Schema]:
    """A list of items that each have the key, or a mapping from the key to what else an item has."""
    as_list = {"type": kind, "items": {**items, "required": needs}}
    return [as_list, {"type": "object", "additionalProperties": {"anyOf": [items, _NULL]}}]


def _let_null(section: Schema, but: Collection[str] = ()) -> None:
    for name, value in section.get("properties", {}).items():
        if name not in but:
            _let_null(value)
            section["properties"][name] = _nullable(value)


def _nullable(value: Schema) -> Schema:
    if isinstance(kind := value.get("type"), str) and "const" not in value:
        choices = {"enum": [*value["enum"], None]} if "enum" in value else {}
        return {**value, "type": [kind, "null"], **choices}
    about: Schema = {key: value[key] for key in ("description", "default", "examples") if key in value}
    rest = {key: item for key, item in value.items() if key not in about}
    branches = rest["anyOf"] if set(rest) == {"anyOf"} else [rest]
    return {"anyOf": [*branches, *([] if _NULL in branches else [_NULL])], **about}


def _used(schema: Schema) -> dict[str, Schema]:
    """The definitions that something still refers to."""
    wanted, found = [schema["properties"]], dict[str, Schema]()
    while wanted:
        part = wanted.pop()
        for name in _references(part):
            if name not in found:
                found[name] = schema["$defs"][name]
                wanted.append(found[name])
    return dict(sorted(found.items()))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.removeprefix(_REFERENCE)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _renamed(part: Any, beginning: str) -> Any:
    if isinstance(part, dict):
        return {
            key: f"{_REFERENCE}{beginning}.{value.removeprefix(_REFERENCE)}"
            if key == "$ref" and isinstance(value, str)
            else _renamed(value, beginning)
            for key, value in part.items()
        }
    return [_renamed(value, beginning) for value in part] if isinstance(part, list) else part
