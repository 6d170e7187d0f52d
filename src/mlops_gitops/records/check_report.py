"""What ``render --check --format json`` prints, as models: the source of ``schemas/check.schema.json``."""

from __future__ import annotations

from typing import Literal

from mlops_gitops.spec.section import Section


class ReportedDifference(Section):
    """One rendered file that is not what the sources mean."""

    path: str
    """The file, from the repository root."""
    kind: Literal["missing", "outdated", "hand_edited", "hand_added", "stale", "in_the_way"]
    """Why it differs: nobody rendered it yet, the sources moved on, a hand changed or added it, nothing renders it any
    more, or it was written by hand where a rendered file belongs."""
    diff: str
    """A short unified diff, committed against rendered; empty where one of them is missing."""


class CheckDocument(Section):
    """The whole answer."""

    files: int
    """How many rendered files there should be."""
    differences: tuple[ReportedDifference, ...]
    """All that differ, by path."""
