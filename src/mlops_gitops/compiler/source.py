"""Source text to plain data with positions, under YAML 1.2 core rules, refusing what could surprise.

PyYAML's C parser gives nodes with marks, so there is no second parser for positions.  What is refused before nodes are
built stands in ``yaml_guard``; what a plain scalar means, in ``plain_scalars``.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.plain_scalars import core_value, two_readings
from mlops_gitops.compiler.spans import Path, SpanMap, span_of
from mlops_gitops.compiler.yaml_guard import LOADER, decode, guard
from mlops_gitops.compiler.yaml_syntax import syntax
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.artifact import Plain

_QUOTED = ("'", '"', "|", ">")


@dataclass(frozen=True, slots=True)
class Source:
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


def read_source(file: str, content: bytes) -> Source:
    """Read one YAML file; everything wrong with it comes back as diagnostics, never as an exception."""
    text, problems = decode(file, content)
    if not problems:
        problems = tuple(guard(file, text))
    if problems:
        return Source(file, text, None, SpanMap(), problems)
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        return Source(file, text, None, SpanMap(), (syntax(file, text, error),))
    reading = _Reading(file, SpanMap(), [])
    data = None if node is None else reading.convert(node, (), None)
    return Source(file, text, {} if data is None else data, reading.spans, tuple(reading.found))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Nodes to plain data, noting on the way where each value stands and what is wrong with it."""

    file: str
    spans: SpanMap
    found: list[Diagnostic]

    def convert(self, node: yaml.Node, path: Path, key: yaml.Node | None) -> Plain:
        self.spans.add(path, self.file, key, node)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*path, index), None) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        for key, value in node.value:
            span = span_of(self.file, key)
            if not isinstance(key, yaml.ScalarNode):
                todo = "write the key as text; text that starts with `[` or `{` is quoted"
                self.found.append(Diagnostic("MG109", "a key must be text", span, help=todo))
            elif key.value == "<<" and key.style not in _QUOTED:
                self.found.append(Diagnostic("MG109", "`<<` merges are not read", span, help="write the keys out"))
            elif key.value in result:
                self._twice(key, path)
            else:
                result[key.value] = self.convert(value, (*path, key.value), key)
        return result

    def _twice(self, key: yaml.ScalarNode, path: Path) -> None:
        first = self.spans.key((*path, key.value))
        self.found.append(
            Diagnostic(
                "MG108",
                f"key `{key.value}` is written twice",
                span_of(self.file, key),
                related=(f"first written at {first}",) if first else (),
                help="keep one of them",
            )
        )

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Plain:
        text = str(node.value)
        if node.style in _QUOTED:  # quoted or block: text, whatever it looks like
            return text
        if (readings := two_readings(text)) is not None:
            message = f"`{text}` has two readings: {readings[0]} in YAML 1.1, {readings[1]} in YAML 1.2"
            todo = f'quote it ("{text}") for text, or write the value that is meant'
            self.found.append(Diagnostic("MG107", message, self.spans.value(path), help=todo))
            return text
        try:
            return core_value(text)
        except ValueError as error:
            message = f"`{text[:40]}` is {error}"
            self.found.append(Diagnostic("MG110", message, self.spans.value(path), help="quote it if text is meant"))
            return None
