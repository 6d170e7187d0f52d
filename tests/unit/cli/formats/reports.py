"""Reports for the tests of every format: plain ones, hostile ones, and one of a real compilation."""

from __future__ import annotations

from collections.abc import Mapping

from mlops_gitops.cli.formats import report_of
from mlops_gitops.cli.formats.report import Report
from mlops_gitops.diagnostics import Diagnostic, Findings, Severity, Span
from tests.factory import CONFIG, Content, compiled, edited

# A merge request may hold any of this: line breaks that end a command, ANSI, text that turns around, half a character.
HOSTILE = "a%0A\n::error::b\r\n\x1b[31m,c:d\x00\u202e\udc80 ≥ 日本\u2028 \U0001f600 </script> &amp;"
CODES = ("MG101", "MG104", "MG214")


def report(findings: list[Diagnostic], texts: Mapping[str, str] | None = None, limit: int = 100) -> Report:
    return report_of(Findings.of(findings), texts or {}, 3, limit, "")


def hostile() -> Report:
    span = Span(f"projects/{HOSTILE}/a b.yaml", 1, 2, 3)
    return report([Diagnostic("MG104", HOSTILE, span, Severity.WARNING, HOSTILE, HOSTILE, None, (HOSTILE, HOSTILE))])


def many(count: int, limit: int) -> Report:
    found = [Diagnostic("MG101", "wrong", Span("a.yaml", line, 1, 2)) for line in range(1, count)]
    return report([*found, Diagnostic("MG214", "odd", file="a.yaml", severity=Severity.WARNING)], limit=limit)


def compiled_report(changes: Mapping[str, Content] | None = None) -> Report:
    """One error and one warning, as the compiler finds them."""
    weak = edited(CONFIG, ("    f1_score: 0.92", "    precision: 0.9\n    f1_score: 0.8"), ("- recall", "- recal"))
    done = compiled(weak if changes is None else changes)
    return report_of(done.findings, done.texts, len(done.names), 100, "ml/")
