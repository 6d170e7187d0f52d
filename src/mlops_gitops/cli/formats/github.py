"""GitHub annotations: workflow commands on standard output, one line a finding.

Whatever stands in a finding must stay inside its command: a line break or a colon that got out would let a merge
request's text give commands to the runner.
"""

from __future__ import annotations

from mlops_gitops.cli.formats.report import Report, in_words
from mlops_gitops.cli.visible import visible
from mlops_gitops.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def formatted(report: Report) -> str:
    """All commands, and a notice on what is left out."""
    lines = [_command(report, found) for found in report.shown]
    if report.left_out:
        lines.append(f"::notice title=mlops-gitops::{report.left_out} more findings are not shown here")
    return "".join(f"{line}\n" for line in lines)


def _command(report: Report, found: Diagnostic) -> str:
    place = found.place
    properties = {
        "file": visible(report.path(found)),
        "line": place.line,
        "endLine": place.line,
        "col": place.column,
        "endColumn": place.end_column,
        "title": found.code,
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[found.severity]} {written}::{_data(chr(10).join(in_words(found)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
