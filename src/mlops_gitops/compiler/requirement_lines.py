"""The lines of a requirements file as pip reads them, and which other files they ask for.

A backslash joins two lines, a comment begins after a blank.  Options are words as a shell splits them; another file is
looked for beside the one that asks for it.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from mlops_gitops.diagnostics import Span

_COMMENT = re.compile(r"(^|\s+)#.*$")
# pip takes the beginning of a long option for it, and a short one without a blank.
_SHORT, _LONG = re.compile(r"-([rc])(.*)", re.DOTALL), re.compile(r"--(requirem\w*|c\w*)(=(.*))?", re.DOTALL)
# What pipelines can be told to wait for: no variable, no address, no pattern.
_NAME = re.compile(r"[\w.][\w./-]*", re.ASCII)


class Asked(NamedTuple):
    """Another file that a line asks for; ``path`` is from the repository root, nothing where there can be none."""

    span: Span
    written: str
    path: str | None


def lines(path: str, text: str) -> Iterator[tuple[Span, str]]:
    """Whole lines without their comments, each with the place of its first part."""
    parts, place = list[str](), Span(path, 1, 1, 1)
    for number, raw in enumerate(text.split("\n"), start=1):
        part = _COMMENT.sub("", raw.rstrip("\r"))
        joined = part.endswith("\\")
        bare = part.removesuffix("\\").strip()
        if not parts:
            start = len(part) - len(part.lstrip()) + 1
            place = Span(path, number, start, start + len(bare))
        parts.append(bare)
        if joined:
            continue
        if line := " ".join(one for one in parts if one):
            yield place, line
        parts = []
    if line := " ".join(one for one in parts if one):
        yield place, line


def asked_for(span: Span, line: str, folder: str) -> Iterator[Asked]:
    """The files that a line of options asks for, below ``folder`` or nowhere."""
    if not line.startswith("-"):
        return
    for written in _named(_words(line)):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(span.file), written)) if written else ""
        inside = _NAME.fullmatch(written) is not None and path.startswith(f"{folder}/")
        yield Asked(span, written, path if inside else None)


def reached(start: str, folder: str, read: Callable[[str], bytes | None]) -> Mapping[str, bytes]:
    """A file and all that it asks for, and so on, each once: those that are there."""
    found, left = dict[str, bytes](), [start]
    while left:
        path = left.pop(0)
        content = None if path in found else read(path)
        if content is not None:
            found[path] = content
            text = content.decode("utf-8-sig", "replace")
            asked = (one for place, line in lines(path, text) for one in asked_for(place, line, folder))
            left.extend(one.path for one in asked if one.path)
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote without its end, which pip does not read either
        return line.split()


def _named(words: list[str]) -> Iterator[str]:
    """What stands behind `-r` and `-c`; empty where nothing does."""
    rest = iter(words)
    for word in rest:
        if match := _SHORT.fullmatch(word):
            yield match[2] or next(rest, "")
        elif match := _LONG.fullmatch(word):
            yield match[3] if match[2] else next(rest, "")
