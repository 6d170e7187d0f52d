"""What is known from the last render: of each project what it was made from, what was found, and what it rendered to.

All of it can be held against the files: a stamp says that a folder is as it was without reading it, digests say so
after reading it, and an empty stamp means that it has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mlops_gitops.diagnostics import Diagnostic, Severity, Span
from mlops_gitops.usecases.rendering.traced import Trace

Found = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KnownFolder:
    """A folder of ``rendered/`` that is as it should be."""

    record: str
    """Digest of its provenance record, which holds the digest of every other file."""
    files: int
    stamp: str = ""
    outside: Mapping[str, str] = field(default_factory=dict)
    """Stamps of the files outside of ``rendered/`` that belong to it, by path."""


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that was compiled; ``summary`` is empty, and there is no folder, where it has errors."""

    content: str
    """Digest of its sources."""
    found: Found
    stamp: str = ""
    summary: str = ""
    """Digest of its summary, which is kept beside."""
    folder: KnownFolder | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All of it; an empty one where nothing is known."""

    platform: str = ""
    """Digest of the platform's file, with which all projects were compiled."""
    day: str = ""
    """The day that waivers were held against; empty where there are none."""
    projects: Mapping[str, KnownProject] = field(default_factory=dict)
    made_from: str = ""
    """Digest of the summaries that the repository's own files were made from."""
    trace: Trace = field(default_factory=list)
    """What was read for them besides."""
    found: Found = field(default_factory=list)
    """What was found beside and across the projects."""
    folder: KnownFolder | None = None
    """The folder of the repository's own files."""

    def plain(self) -> dict[str, Any]:
        """As JSON would have it."""
        projects = {name: _plain(one) for name, one in self.projects.items()}
        return {**_plain(self), "projects": projects}

    @classmethod
    def of_plain(cls, data: Any) -> Known:
        """Back from JSON; an empty one where it does not fit, as after an update that forgot to tell."""
        try:
            projects = {name: _project(one) for name, one in data["projects"].items()}
            return cls(**{**data, "projects": projects, "folder": _folder(data["folder"])})
        except (TypeError, KeyError, AttributeError):
            return cls()


def _plain(one: Known | KnownProject) -> dict[str, Any]:
    values = {each.name: getattr(one, each.name) for each in fields(one)}
    return {**values, "folder": asdict(one.folder) if one.folder else None}


def _project(data: dict[str, Any]) -> KnownProject:
    return KnownProject(**{**data, "folder": _folder(data["folder"])})


def _folder(data: dict[str, Any] | None) -> KnownFolder | None:
    return None if data is None else KnownFolder(**data)


def plain_findings(found: Iterable[Diagnostic]) -> Found:
    """Findings as JSON would have them."""
    return [{**one._asdict(), "severity": one.severity.value, **_places(one)} for one in found]


def _places(one: Diagnostic) -> dict[str, Any]:
    return {name: asdict(at) if at else None for name, at in (("span", one.span), ("waiver", one.waiver))}


def findings_of(found: Found) -> tuple[Diagnostic, ...]:
    """Back from JSON."""
    return tuple(_finding(one) for one in found)


def _finding(data: dict[str, Any]) -> Diagnostic:
    values = {**data, "severity": Severity(data["severity"]), "span": _span(data["span"])}
    values |= {"related": tuple(data["related"]), "waiver": _span(data["waiver"])}
    return Diagnostic(**values)


def _span(data: dict[str, Any] | None) -> Span | None:
    return None if data is None else Span(**{**data, "origin": _span(data.get("origin"))})
