"""The YAML parser's complaints, put into words about the file instead of the parser."""

from __future__ import annotations

from typing import Any

import yaml

from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.diagnostics import Diagnostic, Span

_COMPLAINTS = (
    ("found a tab character", "a tab stands where YAML wants spaces", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a second `: ` in one value",
        "quote text that holds `: `; check the indent, and that each colon above has a space behind it",
    ),
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
    (
        "block sequence entries are not allowed",
        "a list begins on the line of its key",
        "begin the list on a line of its own, or write it as [a, b]",
    ),
    ("found unknown escape character", "no such escape in double quotes", "write `\\\\` for a backslash, or use '…'"),
)


def merge_mark(file: str, text: str) -> Diagnostic | None:
    """The first mark that an unfinished merge leaves, which is never YAML."""
    if "<<<<<<< " not in text:
        return None
    for number, line in enumerate(lines_of(text), start=1):
        if line.startswith("<<<<<<< "):
            message = "not valid YAML: a merge is not finished here"
            todo = "keep one of the sides, and take the lines `<<<<<<<`, `=======` and `>>>>>>>` away"
            return Diagnostic("MG101", message, Span(file, number, 1, len(line) + 1), help=todo)
    return None


def syntax(file: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    """A syntax error at its place; what began and never ended, at the place where it began."""
    message, todo = _in_words(error, text)
    if isinstance(error, yaml.MarkedYAMLError):
        opened = "never closed" in message or "without a colon" in message
        mark = (error.context_mark if opened else error.problem_mark) or error.problem_mark or error.context_mark
    else:
        mark = None
    span = _inside(file, lines_of(text), mark) if mark else None
    return Diagnostic("MG101", f"not valid YAML: {message}", span, file=file, help=todo)


def _inside(file: str, lines: list[str], mark: Any) -> Span:
    """The place of a mark; of one behind the end of the text, the last line that holds anything."""
    line, column = mark.line, mark.column
    if line >= len(lines) - 1 and not "".join(lines[line:]):
        line = max((number for number, text in enumerate(lines) if text.strip()), default=0)
        column = len(lines[line])
    return Span(file, line + 1, column + 1, column + 2)


def _in_words(error: yaml.YAMLError, text: str) -> tuple[str, str | None]:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem is None:
        return str(error).partition("\n")[0], None
    if "cannot start any token" in error.problem:
        character = _character(text, error.problem_mark)
        if character == "\t":
            return "a tab stands where YAML wants spaces", "indent with spaces"
        return f"a value cannot start with `{character}`", "quote the text"
    for known, message, todo in _COMPLAINTS:
        if known in error.problem:
            return message, todo
    return error.problem, None


def _character(text: str, mark: yaml.Mark | None) -> str:
    lines = lines_of(text)
    return lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
