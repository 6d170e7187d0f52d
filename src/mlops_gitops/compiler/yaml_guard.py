"""What is refused in a YAML file before anything is built from it, on the event stream alone.

The composer recurses and an alias can multiply, so depth and size are bounded here first.  Anchors, aliases, tags and
directives are refused as a whole: they let two readers of one file see two things.  The parser's own complaints are
put into words that say what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from mlops_gitops.diagnostics import Diagnostic, Span

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 100_000

# Scalars are resolved by our own rules, so the parser need not: the base loader leaves every one as text.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MANY = 20

# Where the parser's words are about the parser, ours are about the file.
_COMPLAINTS = (
    ("found a tab character", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("mapping values are not allowed", "a second `: ` in one value", "quote text that holds `: `; check the indentation"),
    (
        "could not find expected ':'",
        "a line without a colon, among keys",
        "write `key: value`, or indent the line as part of the value above",
    ),
    ("did not find expected key", "something that is no key stands among keys", "check the indentation and the quotes"),
    ("did not find expected '-' indicator", "a key stands among the items of a list", "check the indentation"),
    ("found unexpected end of stream", "a quote is opened and never closed", "close it"),
    ("did not find expected ',' or ']'", "`[` is opened and never closed, or a comma is missing", "close it with `]`"),
    ("did not find expected ',' or '}'", "`{` is opened and never closed, or a comma is missing", "close it with `}`"),
    ("did not find expected node content", "a value is missing here, or a bracket is closed twice", None),
    ("found unknown escape character", "no such escape in double quotes", "write `\\\\` for a backslash, or use '…'"),
)


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
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text[:index])
    column = len(lines[-1]) + 1
    return Diagnostic(code, message, Span(file, len(lines), column, column + 1), help=todo)


def guard(file: str, text: str) -> Iterator[Diagnostic]:
    """Everything that is refused outright; the text may be composed only where nothing was found."""
    depth = nodes = documents = 0
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                yield from _document(file, event, documents)
            elif isinstance(event, yaml.NodeEvent):
                nodes += 1
                depth += isinstance(event, yaml.CollectionStartEvent)
                yield from _node(file, event)
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


def _node(file: str, event: yaml.NodeEvent) -> Iterator[Diagnostic]:
    if isinstance(event, yaml.AliasEvent):
        todo = "write the value out; text that starts with `*` is quoted"
        yield _at(file, event, f"alias `*{event.anchor}` is not read", todo, width=len(event.anchor) + 1)
    elif event.anchor is not None:
        todo = "remove it; text that starts with `&` is quoted"
        yield _at(file, event, f"anchor `&{event.anchor}` is not read", todo, width=len(event.anchor) + 1)
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


def syntax(file: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    """The parser's complaint as a diagnostic."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed")
    context = getattr(error, "context", None) or ""
    span = Span(file, mark.line + 1, mark.column + 1, mark.column + 2) if mark else None
    message, todo = _in_words(problem, _character(text, mark))
    start = getattr(error, "context_mark", None)
    # "Opened and never closed" is found at the end of the file; where it was opened says more.
    opened = "never closed" in message and start is not None
    if opened:
        span = Span(file, start.line + 1, start.column + 1, start.column + 2)
    elif context and start and mark and start.line != mark.line:
        return Diagnostic("MG101", message, span, help=todo, related=(f"{context}, begun in line {start.line + 1}",))
    return Diagnostic("MG101", message, span, help=todo)


def _in_words(problem: str, character: str) -> tuple[str, str | None]:
    if "cannot start any token" in problem:
        if character == "\t":
            return "not valid YAML: a tab stands where YAML wants spaces", "indent with spaces"
        return f"not valid YAML: a value cannot start with `{character}`", "quote the text"
    for known, message, todo in _COMPLAINTS:
        if known in problem:
            return f"not valid YAML: {message}", todo
    return f"not valid YAML: {problem}", None


def _character(text: str, mark: yaml.Mark | None) -> str:
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    if mark is None or mark.line >= len(lines):
        return ""
    return lines[mark.line][mark.column : mark.column + 1]
