"""SARIF 2.1.0: what code scanning pages and editors read.  The pages of the codes travel along as the rules' help."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from mlops_gitops import __version__
from mlops_gitops.cli.formats.report import Report, in_words
from mlops_gitops.cli.rule_page import page, title
from mlops_gitops.cli.visible import visible
from mlops_gitops.diagnostics import Diagnostic

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"


def formatted(report: Report) -> str:
    """The whole log, with one run."""
    codes = sorted({found.code for found in report.shown})
    run: dict[str, Any] = {
        "tool": {"driver": _driver(codes)},
        # Columns count characters, as an editor does.
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(report, found, codes) for found in report.shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(codes: Sequence[str]) -> dict[str, Any]:
    return {"name": "mlops-gitops", "semanticVersion": __version__, "rules": [_rule(code) for code in codes]}


def _rule(code: str) -> dict[str, Any]:
    """A code's page: its title, the paragraph under it, and the whole of it as help."""
    text = page(code)
    about = text.split("\n\n")[1].replace("\n", " ")
    return {
        "id": code,
        "name": "".join(re.findall(r"[A-Za-z0-9]+", title(text).title())),
        "shortDescription": {"text": title(text)},
        "fullDescription": {"text": about},
        "help": {"text": text, "markdown": text},
        "properties": {"tags": ["mlops-gitops"]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if report.left_out:
        note = f"{report.left_out} more findings are not in this log"
        invocation["toolExecutionNotifications"] = [{"level": "note", "message": {"text": note}}]
    return invocation


def _result(report: Report, found: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    place = found.place
    region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.end_column}
    artifact = {"uri": quote(report.path(found), errors="surrogateescape"), "uriBaseId": _ROOT}
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": found.severity.value,
        "message": {"text": "\n".join(in_words(found))},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"findingHash/v1": report.fingerprints[id(found)]},
    }
    if found.waiver is not None:
        # A page of findings closes what is suppressed; who excused it until when stands in the message's last note.
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": visible(found.related[-1])}
        ]
    return result
