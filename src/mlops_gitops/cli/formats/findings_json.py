"""JSON, as ``schemas/findings.schema.json`` describes it.  Texts are exact: what reads them shows them safely."""

from __future__ import annotations

import json

from mlops_gitops.cli.formats.report import Report
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.artifact import Plain


def formatted(report: Report) -> str:
    """The whole document."""
    document = {
        "projects": report.projects,
        "errors": len(report.findings.errors),
        "warnings": len(report.findings.warnings),
        "notes": len(report.findings.notes),
        "left_out": report.left_out,
        "findings": [_finding(found, report.fingerprints[id(found)]) for found in report.shown],
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(found: Diagnostic, fingerprint: str) -> dict[str, Plain]:
    place = found.place
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_column": place.end_column,
        "label": found.label,
        "related": list(found.notes),
        "help": found.help,
        "fingerprint": fingerprint,
    }
