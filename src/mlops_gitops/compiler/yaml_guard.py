"""What is refused in a YAML file before anything is built from it, on the event stream alone.

The composer recurses and an alias can multiply, so depth and size are bounded here first.  Anchors, aliases, tags and
directives are refused as a whole: they let two readers of one file see two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.compiler.yaml_syntax import syntax
from mlops_gitops.diagnostics import Diagnostic, Span

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 100_000

# Scalars are resolved by our own rules, so the parser need not: the base loader leaves every one as text.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MANY = 20


def decode(file: str, content: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text, and what makes it unreadable as text."""
    if len(content) > MAX_BYTES:
        message = f"the file is {len(content):,} bytes long; at most {MAX_BYTES:,} are read"
        return "", (Diagnostic("MG109", message, file=file, help="move data out of the configuration"),)
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        return content.decode("utf-8", "replace"), (
            _here(file, before, len(before), "MG109", "the file is not UTF-8 here", "save it as UTF-8"),
        )
    return text, tuple(_unprintable(file, text))


def _unprintable(file: str, text: str) -> Iterator[Diagnostic]:
    for count, found in enumerate(_UNPRINTABLE.finditer(text)):
        if count == _MANY:
            return
        message = f"control character U+{ord(found.group()):04X}"
        yield _here(file, text, found.start(), "MG109", message, 'remove it; in double quotes, write it "\\x.."')


def _here(file: str, text: str, index: int, code: str, message: str, todo: str) -> Diagnostic:
    lines = lines_of(text[:index])
    column = len(lines[-1]) + 1
    return Diagnostic(code, message, Span(file, len(lines), column, column + 1), help=todo)


def guard(file: str, text: str) -> Iterator[Diagnostic]:
    """Everything that is refused outright; the text may be composed only where nothing was found."""
    depth = nodes = documents = 0
    names = set[str]()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                yield from _document(file, event, documents)
            elif isinstance(event, yaml.NodeEvent):
                nodes += 1
                depth += isinstance(event, yaml.CollectionStartEvent)
                yield from _node(file, event, names)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                what = f"more than {MAX_DEPTH} levels deep" if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
                yield _at(file, event, f"the file is {what}", "flatten it; nothing legal comes near the limit")
                return
            if documents > 1:
                return
    except yaml.YAMLError as error:
        yield syntax(file, text, error)


def _document(file: str, event: yaml.DocumentStartEvent, count: int) -> Iterator[Diagnostic]:
    if count > 1:
        yield _at(file, event, "a second document starts here", "keep one document a file", width=3)
    elif event.version or event.tags:
        yield _at(file, event, "`%` directives are not read", "remove it; files are read as YAML 1.2")


def _node(file: str, event: yaml.NodeEvent, names: set[str]) -> Iterator[Diagnostic]:
    sign, noun = ("*", "alias") if isinstance(event, yaml.AliasEvent) else ("&", "anchor")
    name = f"{sign}{event.anchor}"
    if event.anchor is not None and name not in names:
        names.add(name)  # One word about each is enough: an alias may stand in a thousand places.
        todo = f"write the value out where it is used; text that starts with `{sign}` is quoted"
        yield _at(file, event, f"{noun} `{name}` is not read", todo, width=len(name))
    tag = getattr(event, "tag", None)
    if tag is not None:
        short = tag.replace("tag:yaml.org,2002:", "!!")
        todo = "write the value plainly; text that starts with `!` is quoted"
        yield _at(file, event, f"tag `{short}` is not read", todo, width=len(short))


def _at(file: str, event: yaml.Event, message: str, todo: str, *, width: int = 1) -> Diagnostic:
    mark = event.start_mark
    assert mark is not None
    span = Span(file, mark.line + 1, mark.column + 1, mark.column + 1 + width)
    return Diagnostic("MG109", message, span, help=todo)
