"""Findings as text: place, severity, code, message, the source line with a caret, notes and help."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from mlops_gitops.diagnostics import Diagnostic, Findings

LIMIT = 100
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "caret": "\x1b[1;32m", "off": "\x1b[0m"}


def colour_wanted(stream: TextIO) -> bool:
    """On a terminal only, and never with ``NO_COLOR`` set."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def progress(text: str) -> None:
    """One line of progress, beside the answers."""
    print(text, file=sys.stderr, flush=True)


def print_findings(findings: Findings, texts: Mapping[str, str], projects: int, stream: TextIO) -> None:
    """All findings, at most ``LIMIT`` of them, then a count and a word on what was written."""
    colour = colour_wanted(stream)
    for diagnostic in findings.diagnostics[:LIMIT]:
        print(format_diagnostic(diagnostic, texts, colour=colour), file=stream)
        print(file=stream)
    left = len(findings.diagnostics) - LIMIT
    if left > 0:
        print(f"… and {left} more findings; mend the first ones, or name one project\n", file=stream)
    written = " Nothing was written." if findings.errors else ""
    print(f"{counts(findings)} in {_many(projects, 'project')}.{written}", file=stream)


def counts(findings: Findings) -> str:
    """``2 errors, 1 warning``."""
    parts = [_many(len(findings.errors), "error")] if findings.errors else []
    if findings.warnings or not parts:
        parts.append(_many(len(findings.warnings), "warning"))
    return ", ".join(parts)


def format_diagnostic(diagnostic: Diagnostic, texts: Mapping[str, str], *, colour: bool = False) -> str:
    """One finding, as compilers show them."""
    word = diagnostic.severity.value
    shown = f"{_COLOURS[word]}{word}{_COLOURS['off']}" if colour else word
    place = f"{diagnostic.where}: " if diagnostic.where else ""
    lines = [f"{place}{shown}[{diagnostic.code}] {diagnostic.message}"]
    lines.extend(_excerpt(diagnostic, texts, colour=colour))
    lines.extend(f"     = {note}" for note in diagnostic.related)
    if diagnostic.help:
        lines.append(f"     = help: {diagnostic.help}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, texts: Mapping[str, str], *, colour: bool) -> list[str]:
    span = diagnostic.span
    if span is None or span.file not in texts:
        return []
    # Split as the parser counts lines, not as str.splitlines does.
    source = texts[span.file].replace("\r\n", "\n").split("\n")
    if span.line > len(source):
        return []
    line = source[span.line - 1]
    width = max(1, min(span.end_column, len(line) + 1) - span.column)
    pad = "".join("\t" if character == "\t" else " " for character in line[: span.column - 1])
    carets = "^" * width
    if colour:
        carets = f"{_COLOURS['caret']}{carets}{_COLOURS['off']}"
    label = f" {diagnostic.label}" if diagnostic.label else ""
    return [f"{span.line:4} | {line[:200]}", f"     | {pad}{carets}{label}"]


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
