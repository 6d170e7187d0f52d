"""A project's ``requirements.txt``: each package in one version, from where the next machine finds it too.

The files that it asks for with `-r` and `-c` are looked at like itself.  What the image holds is pinned in the package
by the training itself; what is written here decides what it trains with.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from mlops_gitops.compiler.requirement_lines import Asked, asked_for, lines
from mlops_gitops.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from packaging.requirements import Requirement

CODE = "MG259"
_OPTIONS = re.compile(r"\s--[a-z]")
_EDITABLE = re.compile(r"-e|--ed\w*(\s|=|$)")
_PATH = re.compile(r"[./~]|file:|[A-Za-z]:[\\/]|[^\s@:]*[\\/]|[^\s@:]+\.(whl|zip|tar\.gz)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(git|hg|svn|bzr)\+\w+:|https?:", re.IGNORECASE)
_HASH = re.compile(r"(--hash=|#.*\b)sha(256|384|512)[=:][0-9a-f]{64,128}\b")
_COMMIT = re.compile(r"@[0-9a-f]{40}([0-9a-f]{24})?(#|\s|$)")
_HERE = "CI installs this file in the repository's root, and an image has neither that folder nor this one"


def checked(folder: str, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """MG259: an error for what cannot be installed elsewhere, a warning for what may be another version tomorrow.

    ``files`` are the `requirements.txt` of a project's ``folder`` and what it asks for; a version may stand in any.
    """
    read = {path: text for path, content in files.items() if (text := _text(content)) is not None}
    found = {path: tuple(lines(path, text)) for path, text in read.items()}
    pinned = frozenset(name for one in found.values() for _, line in one if (name := _pinned(line)))
    asked = {path: [one for place, line in found[path] for one in asked_for(place, line, folder)] for path in found}
    for path in files:
        if path not in read:
            yield Diagnostic(CODE, "the file is not UTF-8 text", file=path, help="save it as UTF-8")
        for span, line in found.get(path, ()):
            yield from _judged(line, span, pinned)
        yield from (problem for one in asked.get(path, ()) if (problem := _other_file(one, files, asked, folder)))


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _judged(line: str, span: Span, pinned: Container[str]) -> Iterator[Diagnostic]:
    if line.startswith("-"):
        if _EDITABLE.match(line):
            message = "an editable install is of a folder that nobody else has"
            yield Diagnostic(CODE, message, span, help=f"name the package and its version: {_HERE}")
    elif _PATH.match(line):
        yield Diagnostic(CODE, "a path is no package for anybody else", span, help=f"publish it: {_HERE}")
    elif _ADDRESS.match(line):
        yield from _address(line, line, span)
    else:
        yield from _package(line, span, pinned)


def _other_file(
    one: Asked, files: Mapping[str, bytes], asked: Mapping[str, list[Asked]], folder: str
) -> Diagnostic | None:
    """Of a name, which may be an address with a secret, nothing is repeated unless it is a path."""
    if one.path is None:
        message = "this is no file of the project's folder"
        todo = f"name one below {folder}/, in letters, digits and `._-/`: changes of others would start no pipeline"
        return Diagnostic(CODE, message, one.span, help=todo)
    if one.path not in files:
        todo = "a name is looked for beside the file that it stands in"
        return Diagnostic(CODE, f"`{one.path}` cannot be read", one.span, help=todo)
    if one.span.file in _all_asked(one.path, asked):
        message = f"`{one.path}` asks for this file in turn, which pip refuses"
        return Diagnostic(CODE, message, one.span, help="leave one of the two lines out")
    return None


def _all_asked(path: str, asked: Mapping[str, list[Asked]]) -> set[str]:
    """A file, what it asks for, and so on."""
    found, left = set[str](), [path]
    while left:
        if (here := left.pop()) not in found:
            found.add(here)
            left.extend(one.path for one in asked.get(here, ()) if one.path)
    return found


@lru_cache(maxsize=1024)  # asked for what is pinned, and again for what is not
def _requirement(line: str) -> Requirement | None:
    # Most projects have no such file, and need not load what reads one.
    from packaging.requirements import InvalidRequirement, Requirement

    end = _OPTIONS.search(line)
    try:
        return Requirement(line[: end.start()] if end else line)
    except InvalidRequirement:
        return None


def _pinned(line: str) -> str | None:
    """The name of a package that a line pins wherever it is installed."""
    wanted = None if line.startswith("-") else _requirement(line)
    if wanted is None or wanted.marker is not None or wanted.url is not None:
        return None
    exact = any(_exact(one.operator, one.version) for one in wanted.specifier)
    return _canonical(wanted.name) if exact else None


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _package(line: str, span: Span, pinned: Container[str]) -> Iterator[Diagnostic]:
    if (wanted := _requirement(line)) is None:
        message = "not a requirement that pip reads"
        yield Diagnostic(CODE, message, span, help="a package and its version: numpy==2.3.1")
        return
    if wanted.url is not None:
        yield from _address(wanted.url, line, span)
    elif _canonical(wanted.name) not in pinned and not any(
        _exact(one.operator, one.version) for one in wanted.specifier
    ):
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
