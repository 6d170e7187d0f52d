"""Source text to plain data with positions, under YAML 1.2 core rules, refusing what could surprise.

PyYAML's C parser gives nodes with marks, so there is no second parser for positions.  Before nodes are built, the
event stream is bounded in depth and size: the composer recurses, and an alias can multiply.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.diagnostics import Diagnostic, Span
from mlops_gitops.records.artifact import Plain

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 100_000

_LOADER = getattr(yaml, "CLoader", yaml.Loader)

_QUOTED = ("'", '"', "|", ">")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

# Plain scalars that YAML 1.1 readers (kubectl, PyYAML) and YAML 1.2 readers take for different values.
_OLD_BOOL = re.compile(r"(?i:y|n|yes|no|on|off)")
_OLD_OCTAL = re.compile(r"[-+]?0[0-9]+")
_NEW_OCTAL = re.compile(r"0o[0-7]+")
_OLD_UNDERSCORE = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?")
_OLD_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_OLD_BINARY = re.compile(r"[-+]?0b[01_]+")

# What the parser itself gives to untagged nodes; any other tag was written by hand.
_IMPLICIT_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read: its text (for carets), data, positions, and what was wrong with it."""

    file: str
    text: str
    data: Plain
    spans: SpanMap
    diagnostics: tuple[Diagnostic, ...]


def read_source(file: str, content: bytes) -> Source:
    """Read one YAML file; everything wrong with it comes back as diagnostics, never as an exception."""
    text, problems = _decode(file, content)
    if not problems:
        problems = tuple(_bounds(file, text))
    if problems:
        return Source(file, text, None, SpanMap(), problems)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return Source(file, text, None, SpanMap(), (_syntax(file, error),))
    spans, found = SpanMap(), list[Diagnostic]()
    data: Plain = {} if node is None else _convert(file, node, (), None, spans, found)
    return Source(file, text, data, spans, tuple(found))


def _decode(file: str, content: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    if len(content) > MAX_BYTES:
        message = f"the file is {len(content)} bytes long; at most {MAX_BYTES} are read"
        return "", (Diagnostic("MG109", message, file=file, help="split it, or move data out of the configuration"),)
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        span = Span(file, line, column, column + 1)
        return content.decode("utf-8", "replace"), (
            Diagnostic("MG109", "the file is not UTF-8 here", span, help="save it as UTF-8"),
        )


def _bounds(file: str, text: str) -> Iterator[Diagnostic]:
    """Depth, size and what is refused outright, on the event stream: nothing is built yet."""
    depth = nodes = documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    yield _at(file, event, "MG109", "a second document starts here", "keep one document a file")
                    return
            elif isinstance(event, yaml.AliasEvent):
                yield _at(file, event, "MG109", f"alias `*{event.anchor}`", "write the value out; aliases are not read")
                return
            elif isinstance(event, yaml.NodeEvent):
                nodes += 1
                depth += isinstance(event, yaml.CollectionStartEvent)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                what = f"more than {MAX_DEPTH} levels deep" if depth > MAX_DEPTH else f"more than {MAX_NODES} values"
                yield _at(file, event, "MG109", f"the file is {what}", "flatten it; nothing legal comes near the limit")
                return
    except yaml.YAMLError as error:
        yield _syntax(file, error)


def _at(file: str, event: yaml.Event, code: str, message: str, todo: str) -> Diagnostic:
    mark = event.start_mark
    assert mark is not None
    return Diagnostic(code, message, Span(file, mark.line + 1, mark.column + 1, mark.column + 2), help=todo)


def _syntax(file: str, error: yaml.YAMLError) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed"
    todo = None
    if "tab" in str(problem) or "cannot start any token" in str(problem):
        todo = "indent with spaces; quote text that starts with a special character"
    span = Span(file, mark.line + 1, mark.column + 1, mark.column + 2) if mark else None
    return Diagnostic("MG101", f"not valid YAML: {problem}", span, file=file, help=todo)


def _convert(
    file: str, node: yaml.Node, path: Path, key: yaml.Node | None, spans: SpanMap, found: list[Diagnostic]
) -> Plain:
    spans.add(path, file, key, node)
    if node.tag not in _IMPLICIT_TAGS:
        found.append(Diagnostic("MG109", f"tag `{node.tag}` is not read", spans.value(path), help="write it plainly"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_convert(file, item, (*path, i), None, spans, found) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(file, node, path, spans, found)
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(path, node, spans, found)


def _mapping(
    file: str, node: yaml.MappingNode, path: Path, spans: SpanMap, found: list[Diagnostic]
) -> dict[str, Plain]:
    result: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        here = SpanMap()
        here.add((), file, None, key_node)
        span = here.value(())
        if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
            message = "`<<` merges are not read" if isinstance(key_node, yaml.ScalarNode) else "a key must be text"
            found.append(Diagnostic("MG109", message, span, help="write the keys out"))
            continue
        name = str(key_node.value)
        if name in result:
            first = spans.key((*path, name))
            related = (f"first written at {first}",) if first else ()
            found.append(
                Diagnostic("MG108", f"key `{name}` is written twice", span, related=related, help="keep one of them")
            )
            continue
        result[name] = _convert(file, value_node, (*path, name), key_node, spans, found)
    return result


def _scalar(path: Path, node: yaml.ScalarNode, spans: SpanMap, found: list[Diagnostic]) -> Plain:
    text = str(node.value)
    if not node.tag.startswith("tag:yaml.org,2002:"):
        found.append(
            Diagnostic("MG109", f"tag `{node.tag}` is not read", spans.value(path), help="write a plain value")
        )
        return None
    if node.style in _QUOTED:  # quoted or block: text, whatever it looks like
        return text
    if (readings := two_readings(text)) is not None:
        old, new = readings
        found.append(
            Diagnostic(
                "MG107",
                f"`{text}` has two readings: {old} in YAML 1.1, {new} in YAML 1.2",
                spans.value(path),
                help=f'quote it ("{text}") for text, or write the value that is meant',
            )
        )
        return text
    return core_value(text)


def two_readings(text: str) -> tuple[str, str] | None:
    """The YAML 1.1 and 1.2 readings of a plain scalar where they differ in meaning; ``None`` where they agree."""
    if _OLD_BOOL.fullmatch(text):
        return (str(text.lower() in ("y", "yes", "on")).lower(), f'the text "{text}"')
    if _OLD_OCTAL.fullmatch(text) and len(text.lstrip("+-")) > 1:
        legal = not set(text) & {"8", "9"}
        return (f"the octal number {int(text, 8)}" if legal else f'the text "{text}"', f"the number {int(text)}")
    if _NEW_OCTAL.fullmatch(text):
        return (f'the text "{text}"', f"the octal number {int(text[2:], 8)}")
    if _OLD_UNDERSCORE.fullmatch(text):
        return (f"the number {text.replace('_', '')}", f'the text "{text}"')
    if _OLD_SEXAGESIMAL.fullmatch(text):
        return ("a number to base 60", f'the text "{text}"')
    if _OLD_BINARY.fullmatch(text):
        return ("a binary number", f'the text "{text}"')
    return None


def core_value(text: str) -> bool | int | float | str | None:
    """A plain scalar under YAML 1.2 core rules."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _SPECIAL.get(text.lower(), text)


def did_you_mean(word: str, legal: tuple[str, ...]) -> str | None:
    """The closest legal word, if one is close enough to be meant."""
    close = difflib.get_close_matches(word, legal, n=1, cutoff=0.6)
    return close[0] if close else None
