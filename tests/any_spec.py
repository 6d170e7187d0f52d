"""Any configuration that a published schema allows: random keys of it, with random values, over one that is sound.

Read from ``schemas/``, so it knows every key on the day that it is written.  The schema cannot say all (a rule may join
two keys), so a caller drops what does not compile.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
Schema = dict[str, Any]
Change = tuple[tuple[str, ...], Any]
WORDS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
# Texts that mean something to a reader further down: YAML, a shell, Prometheus' templates, Grafana, GitLab, GitHub.
HOSTILE = (
    "no",
    "1e3",
    "a: b",
    "#x",
    'it\'s "so"',
    "{{ $value }}",
    "$(id)",
    "`id`",
    "${{ x }}",
    "$CI",
    "%",
    "ä€",
    "x" * 70,
)


class _Schemas:
    """One schema file with its definitions."""

    def __init__(self, name: str) -> None:
        self.root: Schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))

    def resolved(self, schema: Schema) -> Schema:
        """Without references, and without the null that every key of a layer may have."""
        if "$ref" in schema:
            target = self.root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
            return self.resolved({**target, **{key: value for key, value in schema.items() if key != "$ref"}})
        choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if len(choices) == 1:
            return self.resolved({**schema, **choices[0], "anyOf": ()})
        return {**schema, "anyOf": choices}

    def leaves(self, schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
        """Every key that holds a value and no section."""
        schema = self.resolved(schema)
        if "properties" not in schema:
            yield path, schema
            return
        for name, one in schema["properties"].items():
            yield from self.leaves(one, (*path, name))

    def value(self, schema: Schema) -> st.SearchStrategy[Any]:
        """Values that a schema allows."""
        schema = self.resolved(schema)
        if schema["anyOf"]:
            return st.one_of([self.value(one) for one in schema["anyOf"]])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kind = schema.get("type", "string")
        kind = kind[0] if isinstance(kind, list) else kind
        return {
            "object": self._mapping,
            "array": self._list,
            "string": self._text,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda _: st.booleans(),
            "null": lambda _: st.none(),
        }[kind](schema)

    def _mapping(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "properties" in schema:
            required = set(schema.get("required", ()))
            values = {name: self.value(one) for name, one in schema["properties"].items()}
            optional = {name: one for name, one in values.items() if name not in required}
            return st.fixed_dictionaries({name: values[name] for name in required}, optional=optional)
        named = {st.from_regex(name, fullmatch=True): one for name, one in schema.get("patternProperties", {}).items()}
        named |= {WORDS: schema["additionalProperties"]} if schema.get("additionalProperties") else {}
        return st.one_of([st.dictionaries(name, self.value(one), max_size=2) for name, one in named.items()])

    def _list(self, schema: Schema) -> st.SearchStrategy[Any]:
        item = self.value(schema.get("items", {}))
        return st.lists(item, min_size=schema.get("minItems", 0), max_size=3, unique_by=json.dumps)

    def _text(self, schema: Schema) -> st.SearchStrategy[str]:
        if "pattern" not in schema:
            return st.one_of(WORDS, st.sampled_from([*schema.get("examples", ()), *HOSTILE]))
        matching = st.from_regex(schema["pattern"].replace(r"\w", "[a-z_]").replace(r"\d", "[0-9]"), fullmatch=True)
        # A pattern is looser than what it stands for, so mostly an example is taken.
        return st.one_of([*[st.sampled_from(schema["examples"])] * 3, matching] if "examples" in schema else [matching])

    def _integer(self, schema: Schema) -> st.SearchStrategy[int]:
        low = schema.get("minimum", -5)
        return st.integers(low, schema.get("maximum", low + 2000))

    def _number(self, schema: Schema) -> st.SearchStrategy[float]:
        low = schema.get("exclusiveMinimum", schema.get("minimum", -10))
        high = schema.get("exclusiveMaximum", schema.get("maximum", 1000))
        open_ends = {"exclude_min": "exclusiveMinimum" in schema, "exclude_max": "exclusiveMaximum" in schema}
        return st.floats(low, high, allow_nan=False, allow_infinity=False, **open_ends).map(
            lambda value: round(value, 4)
        )


@functools.cache
def changes(schema: str, max_size: int = 5) -> st.SearchStrategy[list[Change]]:
    """A few keys of a configuration file, each with a value that its schema allows."""
    known = _Schemas(schema)
    leaves = list(known.leaves(known.root))
    one = st.sampled_from(leaves).flatmap(lambda leaf: st.tuples(st.just(leaf[0]), known.value(leaf[1])))
    return st.lists(one, min_size=1, max_size=max_size, unique_by=lambda change: change[0])


def changed(base: Mapping[str, Any], written: list[Change]) -> dict[str, Any]:
    """A copy of a configuration with some keys set."""
    result: dict[str, Any] = json.loads(json.dumps(base))
    for path, value in written:
        here = result
        for name in path[:-1]:
            here = here.setdefault(name, {})
        here[path[-1]] = value
    return result
