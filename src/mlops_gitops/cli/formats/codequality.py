"""GitLab's code quality report: what a merge request shows of a job's ``artifacts:reports:codequality``."""

from __future__ import annotations

import json

from mlops_gitops.cli.formats.report import Report, in_words
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.records.artifact import Plain

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def formatted(report: Report) -> str:
    """The whole report, a list of issues."""
    return json.dumps([_issue(report, found) for found in report.shown], indent=2) + "\n"


def _issue(report: Report, found: Diagnostic) -> dict[str, Plain]:
    place = found.place
    return {
        "type": "issue",
        "check_name": found.code,
        "description": " · ".join(in_words(found)),
        "severity": _SEVERITIES[found.severity],
        "fingerprint": report.fingerprints[id(found)],
        "location": {"path": report.path(found), "lines": {"begin": place.line, "end": place.line}},
    }
