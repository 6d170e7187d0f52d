"""What ``validate --format json`` prints, as models: the source of ``schemas/findings.schema.json``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ReportedFinding(BaseModel):
    """One finding.  Lines and columns count from 1, columns in characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    code: str = Field(pattern=r"^MG\d{3}$")
    """Which kind of finding; `mlops-gitops explain CODE` prints its page."""
    severity: Literal["error", "warning", "note"]
    """Errors stop every verb that writes; warnings stop none; notes are known and excused."""
    message: str
    """What is wrong."""
    file: str
    """The file, from the repository's root; `line` and `column` are 1 where the file as a whole is meant."""
    line: int = Field(ge=1)
    """The line."""
    column: int = Field(ge=1)
    """The first column."""
    end_column: int = Field(ge=1)
    """The column after the last one, on the same line."""
    label: str | None
    """Short advice that belongs under the caret."""
    related: list[str]
    """Notes, such as the other place that a contradiction comes from."""
    help: str | None
    """What to do."""
    fingerprint: str = Field(pattern="^[0-9a-f]{64}$")
    """The same for the same finding from run to run, wherever its lines move to."""


class FindingsReport(BaseModel):
    """Every finding of one `validate`, sorted by place."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    projects: int = Field(ge=0)
    """How many projects were looked at."""
    errors: int = Field(ge=0)
    """How many errors there are, shown or not."""
    warnings: int = Field(ge=0)
    """How many warnings there are, shown or not."""
    notes: int = Field(ge=0)
    """How many notes there are, shown or not."""
    left_out: int = Field(ge=0)
    """How many findings are counted only, beyond `--limit`."""
    findings: list[ReportedFinding]
    """The findings; errors go before warnings where not all are shown."""
