"""Source text to plain data with positions, under YAML 1.2 core rules, refusing what could surprise.

PyYAML's C parser gives nodes with marks, so there is no second parser for positions.  What the text must be stands in
``yaml_text``, what is refused before nodes are built in ``yaml_guard``, what a plain scalar means in ``plain_scalars``,
and the whole of it for people in ``docs/yaml.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import normalize

import yaml
from pydantic import BaseModel

from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.plain_scalars import A_KEY, core_value, is_text, newer, two_readings
from mlops_gitops.compiler.scalar_words import says_two_things
from mlops_gitops.compiler.spans import NOWHERE, Path, SpanMap, span_of
from mlops_gitops.compiler.yaml_aliases import Slot, Use, uses_by_slot
from mlops_gitops.compiler.yaml_guard import LOADER, MAX_DEPTH, Guard, needs_no_guard
from mlops_gitops.compiler.yaml_syntax import syntax
from mlops_gitops.compiler.yaml_text import decode
from mlops_gitops.diagnostics import Diagnostic, Findings, Span
from mlops_gitops.records.artifact import Plain

_QUOTED = ("'", '"', "|", ">")


class Source(NamedTuple):
    """One file as read: its text (for carets), data, positions, and what was wrong with it.

    ``data`` is ``None`` only where the file could not be read at all; an empty file is an empty mapping.
    """

    file: str
    text: str
    data: Plain
    spans: SpanMap
    diagnostics: tuple[Diagnostic, ...]

    @property
    def layer(self) -> Layered:
        """Its data as a layer of configuration."""
        return Layered(self.data, self.spans)


def read_source(file: str, content: bytes, model: type[BaseModel] | None = None) -> Source:
    """Read one YAML file; everything wrong with it comes back as diagnostics, never as an exception.

    ``model`` describes the file: its fields decide whether a value that YAML's versions read differently has two
    meanings.
    """
    text, problems = decode(file, content)
    if problems:
        return Source(file, text, None, NOWHERE, problems)
    if needs_no_guard(text) and (simple := _without_guard(file, text, model)) is not None:
        return simple
    guard = Guard(file).watch(text)
    if Findings(tuple(guard.found)).errors:
        return Source(file, text, None, NOWHERE, tuple(guard.found))
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        return Source(file, text, None, NOWHERE, (syntax(file, text, error),))
    reading = _Reading(file, model, uses_by_slot(node, guard.uses) if node else {}, guard.found)
    data = None if node is None else reading.convert(node, (), None, None)
    return Source(file, text, {} if data is None else data, reading.spans, tuple(reading.found))


def _without_guard(file: str, text: str, model: type[BaseModel] | None) -> Source | None:
    """A file in which nothing is wrong; nothing where something is, which the guard is to look at first."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError:
        return None
    reading = _Reading(file, model, {}, [])
    data = None if node is None else reading.convert(node, (), None, None)
    if reading.found or reading.spans.depth >= MAX_DEPTH:
        return None
    return Source(file, text, {} if data is None else data, reading.spans, ())


def text_of(content: bytes) -> str:
    """A file's text for showing it, whatever is wrong with it."""
    return decode("", content)[0]


class _Reading:
    """Nodes to plain data, noting on the way where each value stands and what is wrong with it.

    ``use`` is the alias that the node at hand is repeated by: all below it stands at the alias's place.
    """

    def __init__(
        self, file: str, model: type[BaseModel] | None, uses: Mapping[Slot, Use], found: list[Diagnostic]
    ) -> None:
        self.file, self.model, self.uses, self.found = file, model, uses, found
        self.spans = SpanMap()

    def convert(self, node: yaml.Node, path: Path, key: yaml.Node | None, use: Use | None) -> Plain:
        self.spans.add(path, self.file, key, use.of(node) if use else node)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.convert(item, (*path, index), None, use or self.uses.get((id(node), index)))
                for index, item in enumerate(node.value)
            ]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, use)
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path, use: Use | None) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        names: dict[str, str] = {}
        uses = self.uses
        for number, (key, value) in enumerate(node.value):
            at = use or (uses.get((id(node), 2 * number)) if uses else None)
            placed = at.of(key) if at else key
            if not self._is_key(key, placed):
                continue
            name = key.value
            first = names.setdefault(name if name.isascii() else normalize("NFC", name), name)
            if name in result or first != name:
                self._twice(placed, (*path, first))
                continue
            at = use or (uses.get((id(node), 2 * number + 1)) if uses else None)
            result[name] = self.convert(value, (*path, name), placed, at)
        return result

    def _is_key(self, key: yaml.Node, placed: yaml.Node) -> bool:
        text = str(key.value)
        if isinstance(key, yaml.ScalarNode) and (key.style in _QUOTED or (text and is_text(text))):
            return True
        return self._may_be_key(key, text, span_of(self.file, placed))

    def _may_be_key(self, key: yaml.Node, text: str, span: Span) -> bool:
        if not isinstance(key, yaml.ScalarNode):
            todo = "write the key as text; text that starts with `[` or `{` is quoted"
            self.found.append(Diagnostic("MG109", "a key must be text", span, help=todo))
            return False
        if text == "<<":
            todo = "write the keys out, or repeat a whole section with an alias: `section: *name`"
            self.found.append(Diagnostic("MG109", "`<<` merges are not read", span, help=todo))
            return False
        if (readings := two_readings(text, A_KEY)) is not None:
            self.found.append(says_two_things(text, readings, A_KEY, span))
        elif (reading := newer(text)).kind != "text":
            message = f"a key must be text, and this is {reading.words}"
            self.found.append(Diagnostic("MG109", message, span, help=f'quote it: "{text}"'))
        return True

    def _twice(self, key: yaml.Node, first: Path) -> None:
        written, name = str(key.value), str(first[-1])
        message = f"key `{written}` is written twice"
        if written != name:
            message = f"key `{written}` looks like an earlier one and is spelt with other characters"
        place = self.spans.key(first)
        related = (f"first written at {place}",) if place else ()
        span = span_of(self.file, key)
        self.found.append(Diagnostic("MG108", message, span, related=related, help="keep one of them"))

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Plain:
        text = str(node.value)
        # Quoted or block: text, whatever it looks like.
        if node.style in _QUOTED or (text and is_text(text)):
            return text
        if two_readings(text) is not None and self._means_two_things(text, path):
            return text
        try:
            return core_value(text)
        except ValueError as error:
            message = f"`{text[:40]}` is {error}"
            self.found.append(Diagnostic("MG110", message, self.spans.value(path), help="quote it if text is meant"))
            return text

    def _means_two_things(self, text: str, path: Path) -> bool:
        from mlops_gitops.compiler.field_kinds import wanted_at

        wanted = wanted_at(self.model, path)
        readings = two_readings(text, wanted)
        if readings is not None:
            span = self.spans.value(path)
            assert span is not None
            self.found.append(says_two_things(text, readings, wanted, span))
        return readings is not None
