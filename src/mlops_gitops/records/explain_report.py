"""What ``explain --format json`` prints, as models: the source of ``schemas/explain.schema.json``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlops_gitops.spec.section import Section


class ReportedOrigin(Section):
    """One layer's word on a key."""

    layer: Literal["environment", "project", "platform", "contract", "release", "default", "made"]
    """Who says it: the environment's overlay, the project, the platform, the data contract, the release, or nobody;
    `made`: a name or a digest, made of whole files."""
    value: Any
    """What it says; nothing where it takes the value away."""
    removed: bool
    """Whether it takes away what the layers below it say."""
    counts: bool
    """Whether this is the value in force; false for all origins of a section, whose parts have their own."""
    why: str
    """What a default is worked out from, or `made` of; empty for a constant, and for what somebody wrote."""
    file: str | None
    """The file that says it."""
    line: int | None = Field(ge=1)
    """The line."""
    column: int | None = Field(ge=1)
    """The first column."""


class ReportedKey(Section):
    """One key: what is in force, and every layer that has a word on it, topmost first."""

    key: str
    """The key, dotted, items in brackets."""
    value: Any
    """The value in force."""
    is_set: bool
    """False where a layer takes the value away and there is no default."""
    meaning: str
    """What the key means."""
    origins: list[ReportedOrigin]
    """Who says what."""


class KeyReport(ReportedKey):
    """The answer to ``explain PROJECT KEY``."""

    project: str
    """The project."""
    environment: str
    """The environment; empty: wherever there is no overlay."""
    parts: list[ReportedKey]
    """The keys below a section, each with its own origins."""


class LinesBelow(Section):
    """A key, and the lines that it went into."""

    key: str
    """The key."""
    lines: list[int]
    """The lines, counted from 1."""


class ReportedLine(Section):
    """The answer to ``explain FILE:LINE``."""

    file: str
    """The rendered file."""
    line: int = Field(ge=1)
    """The line, counted from 1."""
    text: str
    """What stands there."""
    project: str
    """The project; empty for a file that is one for all."""
    environment: str
    """The environment; empty for a file that is one for all."""
    target: str
    """What renders such files: `serving`, `training`, `monitoring`, `ci`, …"""
    stale: bool
    """Whether the sources have changed since the file was rendered."""
    keys: list[ReportedKey]
    """The keys that went into the line; none: the target writes it itself."""
    below: list[LinesBelow]
    """Where no key went into the line: those of the block that stands under it."""
