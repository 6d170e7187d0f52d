"""Findings as text: place, severity, code, message, the source line with a caret, notes and help."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TextIO

from mlops_gitops.cli.visible import cells, visible
from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.diagnostics import Diagnostic, Findings

LIMIT = 100
WIDEST = 160
_KINDS = 8
_COLOURS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "caret": "\x1b[1;32m",
    "off": "\x1b[0m",
}


def colour_wanted(stream: TextIO) -> bool:
    """On a terminal only, and never with ``NO_COLOR`` set."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def progress(text: str) -> None:
    """One line of progress, beside the answers."""
    print(text, file=sys.stderr, flush=True)


def print_findings(
    findings: Findings, texts: Mapping[str, str], projects: int, stream: TextIO, limit: int = LIMIT
) -> None:
    """All findings, at most ``limit`` of them, then a count and a word on what was written."""
    colour = colour_wanted(stream)
    shown = findings.first(limit)
    for diagnostic in shown:
        print(format_diagnostic(diagnostic, texts, colour=colour), file=stream)
        print(file=stream)
    if len(shown) < len(findings.diagnostics):
        print(f"{left_out(findings, shown)}; mend the first ones, or name one project\n", file=stream)
    written = " Nothing was written." if findings.errors else ""
    print(f"{counts(findings)} in {_many(projects, 'project')}.{written}", file=stream)


def left_out(findings: Findings, shown: Sequence[Diagnostic]) -> str:
    """``… and 1,200 more findings (1,000 × MG103, 200 × MG110)``."""
    codes = Counter(one.code for one in findings.diagnostics)
    codes.subtract(one.code for one in shown)
    rows = [f"{count:,} × {code}" for code, count in codes.most_common() if count]
    kinds = ", ".join(rows[:_KINDS]) + (", …" if len(rows) > _KINDS else "")
    left = len(findings.diagnostics) - len(shown)
    return f"… and {left:,} more finding{'' if left == 1 else 's'} ({kinds})"


def counts(findings: Findings) -> str:
    """``2 errors, 1 warning, 1 note``."""
    parts = [_many(len(findings.errors), "error")] if findings.errors else []
    if findings.warnings or not parts:
        parts.append(_many(len(findings.warnings), "warning"))
    if findings.notes:
        parts.append(_many(len(findings.notes), "note"))
    return ", ".join(parts)


def format_diagnostic(diagnostic: Diagnostic, texts: Mapping[str, str], *, colour: bool = False) -> str:
    """One finding, as compilers show them."""
    word = diagnostic.severity.value
    shown = f"{_COLOURS[word]}{word}{_COLOURS['off']}" if colour else word
    lines = [f"{visible(str(diagnostic.place))}: {shown}[{diagnostic.code}] {visible(diagnostic.message)}"]
    lines.extend(_excerpt(diagnostic, texts, colour=colour))
    lines.extend(f"     = {visible(note)}" for note in diagnostic.notes)
    if diagnostic.help:
        lines.append(f"     = help: {visible(diagnostic.help)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, texts: Mapping[str, str], *, colour: bool) -> list[str]:
    span = diagnostic.span
    if span is None or span.file not in texts:
        return []
    source = lines_of(texts[span.file])
    if span.line > len(source):
        return []
    before, marked, after = _window(source[span.line - 1], span.column - 1, span.end_column - 1)
    pad = "".join("\t" if character == "\t" else " " * cells(character) for character in before)
    carets = "^" * max(1, sum(map(cells, marked)))
    if colour:
        carets = f"{_COLOURS['caret']}{carets}{_COLOURS['off']}"
    label = f" {visible(diagnostic.label)}" if diagnostic.label else ""
    return [f"{span.line:4} | {before}{marked}{after}".rstrip(), f"     | {pad}{carets}{label}"]


def _window(line: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before, at and after the marked place, of a long line only the part around it."""
    line = visible(line)
    first, last = (0, WIDEST) if start < WIDEST // 2 else (start - WIDEST // 2, start + WIDEST // 2)
    before, marked, after = line[first:start], line[start : min(end, last)], line[min(end, last) : last]
    return ("…" if first else "") + before, marked, after + ("…" if len(line) > last else "")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
