"""How findings are told: as text to people, and in the formats that CI systems and editors read.

One module a format, each a pure function from a ``Report`` to text; a format is imported only when it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

from mlops_gitops.cli.formats.report import Report
from mlops_gitops.cli.printer import left_out, print_findings
from mlops_gitops.diagnostics import Findings

LIMITS: Mapping[str, int] = {"text": 100, "json": 10_000, "sarif": 10_000, "codequality": 10_000, "github": 100}
"""Every format, and how many findings it shows where nobody says a number: more than a person or a CI page holds."""


def tell(report: Report, style: str, stream: TextIO) -> None:
    """Write the findings; what a machine's format leaves out is counted on standard error."""
    if style == "text":
        _text(report, stream)
        return
    stream.write(_formatted(report, style))
    if report.left_out:
        print(left_out(report.findings, report.shown), file=sys.stderr)


def report_of(findings: Findings, texts: Mapping[str, str], projects: int, limit: int, below: str) -> Report:
    """A report that shows at most ``limit`` findings; ``below`` is the root's path in its git repository."""
    return Report(findings, findings.first(limit), texts, projects, below)


def _text(report: Report, stream: TextIO) -> None:
    if report.findings.diagnostics:
        print_findings(report.findings, report.texts, report.projects, stream, max(1, len(report.shown)))
    else:
        print(f"no findings in {report.projects:,} project{'' if report.projects == 1 else 's'}.", file=stream)


def _formatted(report: Report, style: str) -> str:
    from mlops_gitops.cli.formats import codequality, findings_json, github, sarif

    formats = {
        "json": findings_json.formatted,
        "sarif": sarif.formatted,
        "codequality": codequality.formatted,
        "github": github.formatted,
    }
    return formats[style](report)
