"""What the formats share: which findings are shown, and fingerprints that outlive an edit elsewhere."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mlops_gitops.cli.formats import findings_json
from mlops_gitops.cli.formats.report import Report
from mlops_gitops.compiler.schemas import schemas
from mlops_gitops.diagnostics import Diagnostic, Severity, Span
from tests.factory import CONFIG, FILES
from tests.unit.cli.formats.reports import HOSTILE, compiled_report, hostile, many, report

WRONG = FILES[CONFIG].replace("recall: 0.85", "recall: high").replace("- slack", "- slak")


def prints(given: Report) -> list[str]:
    return [given.fingerprints[id(found)] for found in given.shown]


def test_a_fingerprint_outlives_lines_above_and_around() -> None:
    before = compiled_report({CONFIG: WRONG})
    moved = compiled_report({CONFIG: "# a comment\n\n" + WRONG.replace("testing:", "\n\ntesting:")})
    assert len(prints(before)) == 2
    assert prints(moved) == prints(before)
    assert [found.place.line for found in moved.shown] != [found.place.line for found in before.shown]


def test_a_fingerprint_is_of_one_finding_only() -> None:
    line = {"a.yaml": "x: 1\nx: 1\n", "b.yaml": "x: 1\n"}
    places = [Span("a.yaml", 1, 1, 2), Span("a.yaml", 2, 1, 2), Span("a.yaml", 2, 4, 5), Span("b.yaml", 1, 1, 2)]
    given = report([Diagnostic("MG101", "wrong", place) for place in places], line)
    assert len(set(prints(given))) == 4
    assert prints(report([Diagnostic("MG101", "wrong", place) for place in places[1:]], line))[0] == prints(given)[0]


def test_errors_are_shown_before_warnings() -> None:
    odd = [Diagnostic("MG214", "odd", Span("a.yaml", line, 1, 2), Severity.WARNING) for line in (1, 3, 5)]
    wrong = [Diagnostic("MG101", "wrong", Span("a.yaml", line, 1, 2)) for line in (2, 4, 6)]
    assert [found.place.line for found in report([*odd, *wrong], limit=4).shown] == [1, 2, 4, 6]
    assert [found.place.line for found in report([*odd, *wrong], limit=2).shown] == [2, 4]
    assert report([*odd, *wrong], limit=2).left_out == 4


@pytest.mark.parametrize("given", [report([]), hostile(), many(5, 3), compiled_report()])
def test_json_is_what_its_schema_says(given: Report) -> None:
    document = json.loads(findings_json.formatted(given))
    jsonschema.validate(document, schemas()["findings.schema.json"])
    assert len(document["findings"]) + document["left_out"] == document["errors"] + document["warnings"]


def test_json_is_exact_and_ascii() -> None:
    text = findings_json.formatted(hostile())
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["findings"][0]["message"] == HOSTILE
