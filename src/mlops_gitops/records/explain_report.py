"""What ``explain --format json`` prints, as models: the source of ``schemas/explain.schema.json``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlops_gitops.spec.section import Section


class ReportedOrigin(Section):
    """One layer's word on a key."""

    layer: Literal["environment", "project", "platform", "default"]
    """Which layer: the environment's overlay, the project, the platform's defaults, or what nobody wrote."""
    value: Any
    """What it says; nothing where it takes the value away."""
    removed: bool
    """Whether it takes away what the layers below it say."""
    counts: bool
    """Whether this is the value in force; false for all origins of a section, whose parts have their own."""
    why: str
    """What a default is worked out from; empty where it is a constant, and for what somebody wrote."""
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
