"""GitLab's code quality report, against what GitLab says it must hold."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mlops_gitops.cli.formats import codequality
from mlops_gitops.cli.formats.report import Report
from tests.factory import CONFIG
from tests.unit.cli.formats.reports import compiled_report, hostile, many, report

# What GitLab's documentation asks of an issue; it publishes no schema of its own.
ASKED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1, "pattern": "^[^\\n\\r\\x1b]+$"},
            "check_name": {"type": "string", "pattern": "^MG[0-9]{3}$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def issues_of(given: Report) -> list[dict[str, Any]]:
    issues = json.loads(codequality.formatted(given))
    jsonschema.validate(issues, ASKED)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert isinstance(issues, list)
    return issues


@pytest.mark.parametrize(("given", "count"), [(report([]), 0), (hostile(), 1), (many(9, 7), 7), (many(9, 9), 9)])
def test_every_report_is_what_gitlab_reads(given: Report, count: int) -> None:
    assert len(issues_of(given)) == count


def test_an_issue_is_of_a_file_from_the_top_of_the_repository() -> None:
    issues = issues_of(compiled_report())
    assert {issue["location"]["path"] for issue in issues} == {f"ml/{CONFIG}"}
    assert sorted(issue["severity"] for issue in issues) == ["major", "minor"]
