"""A project's ``requirements.txt``: each package in one version, from where the next machine finds it too.

Lines are read as pip reads them: a backslash joins two, a comment begins after a blank, options follow a package.
What the image holds is pinned in the package by the training itself; what is written here decides what it trains with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlops_gitops.diagnostics import Diagnostic, Severity, Span

CODE = "MG259"
FILE = "requirements.txt"
_COMMENT = re.compile(r"(^|\s+)#.*$")
_OPTIONS = re.compile(r"\s--[a-z]")
_EDITABLE = re.compile(r"(-e|--editable)(\s|=|$)")
_OTHER_FILE = re.compile(r"(-r|--requirement|-c|--constraint)(\s|=|$)")
_PATH = re.compile(r"[./~]|file:|[A-Za-z]:[\\/]|[^\s@:]*[\\/]|[^\s@:]+\.(whl|zip|tar\.gz)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(git|hg|svn|bzr)\+\w+:|https?:", re.IGNORECASE)
_HASH = re.compile(r"(--hash=|#.*\b)sha(256|384|512)[=:][0-9a-f]{64,128}\b")
_COMMIT = re.compile(r"@[0-9a-f]{40}([0-9a-f]{24})?(#|\s|$)")
_HERE = "CI installs this file in the repository's root, and an image has neither that folder nor this one"


def checked(path: str, content: bytes) -> Iterator[Diagnostic]:
    """MG259: an error for what cannot be installed elsewhere, a warning for what may be another version tomorrow."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Diagnostic(CODE, "the file is not UTF-8 text", file=path, help="save it as UTF-8")
        return
    for span, line in _lines(path, text):
        yield from _judged(line, span)


def _judged(line: str, span: Span) -> Iterator[Diagnostic]:
    if line.startswith("-"):
        yield from _option(line, span)
    elif _PATH.match(line):
        yield Diagnostic(CODE, "a path is no package for anybody else", span, help=f"publish it: {_HERE}")
    elif _ADDRESS.match(line):
        yield from _address(line, line, span)
    else:
        yield from _package(line, span)


def _lines(path: str, text: str) -> Iterator[tuple[Span, str]]:
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


def _option(line: str, span: Span) -> Iterator[Diagnostic]:
    if _EDITABLE.match(line):
        message = "an editable install is of a folder that nobody else has"
        yield Diagnostic(CODE, message, span, help=f"name the package and its version: {_HERE}")
    elif _OTHER_FILE.match(line):
        message = "what another file asks for is not looked at, and its changes start no pipeline"
        yield Diagnostic(CODE, message, span, Severity.WARNING, help="write its lines here")


def _package(line: str, span: Span) -> Iterator[Diagnostic]:
    # Most projects have no such file, and need not load what reads one.
    from packaging.requirements import InvalidRequirement, Requirement

    end = _OPTIONS.search(line)
    try:
        wanted = Requirement(line[: end.start()] if end else line)
    except InvalidRequirement:
        message = "not a requirement that pip reads"
        yield Diagnostic(CODE, message, span, help="a package and its version: numpy==2.3.1")
        return
    if wanted.url is not None:
        yield from _address(wanted.url, line, span)
    elif not any(_exact(one.operator, one.version) for one in wanted.specifier):
        message = f"`{wanted.name}` is not pinned: the next run may train with another version"
        version = next((one.version for one in wanted.specifier if one.operator in (">=", "~=")), "VERSION")
        todo = f"write the version that it was tried with: {wanted.name}=={version}"
        yield Diagnostic(CODE, message, span, Severity.WARNING, help=todo)


def _exact(operator: str, version: str) -> bool:
    return operator == "===" or (operator == "==" and not version.endswith(".*"))


def _address(address: str, line: str, span: Span) -> Iterator[Diagnostic]:
    """Of an address, which may hold a secret, nothing is repeated."""
    if address.lower().startswith("file:"):
        yield Diagnostic(CODE, "a path is no package for anybody else", span, help=f"publish it: {_HERE}")
    elif re.match(r"(git|hg|svn|bzr)\+", address, re.IGNORECASE):
        if not _COMMIT.search(address):
            message, todo = (
                "a branch or tag may be another commit tomorrow",
                "end the address with @ and the whole commit",
            )
            yield Diagnostic(CODE, message, span, Severity.WARNING, help=todo)
    elif not _HASH.search(line):
        message, todo = "what lies at an address may be another file tomorrow", "end the address with #sha256=DIGEST"
        yield Diagnostic(CODE, message, span, Severity.WARNING, help=todo)
