"""Who agreed to a weaker gate: trailers of the change's commits, held against the approvers of the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_gitops.plan.text import as_text
from mlops_gitops.records.trailers import trailer_values
from mlops_gitops.usecases.plan import plan
from tests.factory import CONFIG, FILES, PLATFORM, Content, edited, tree

Changes = dict[str, Content]
PAGE = Path(__file__).parents[3] / "docs" / "rules" / "MG410.md"
APPROVERS = 'policy:\n  gate_approvers: ["@risk-office", "Ada Lovelace <ada@example.com>"]\n'
POLICY: Changes = {PLATFORM: FILES[PLATFORM] + APPROVERS}
LOWER = edited(CONFIG, ("recall: 0.85", "recall: 0.80"), ("f1_score: 0.92", "f1_score: 0.90"))


def told(*messages: str, before: Changes = POLICY, after: Changes | None = None) -> list[str]:
    made = plan(tree(before), tree(LOWER | POLICY if after is None else after), ("a", "b"), messages=messages)
    return [one.message for one in made.new_findings if one.code == "MG410"]


def test_every_weaker_gate_needs_a_word() -> None:
    recall, f1 = told()
    assert recall.startswith("recall 0.85 → 0.8 in staging, production is weaker")
    assert "Approved-Gate: @risk-office fraud-detection f1_score`" in f1
    assert told(before={}, after=LOWER) == []  # policy asks nobody
    assert told(after=edited(CONFIG, ("recall: 0.85", "recall: 0.90")) | POLICY) == []


@pytest.mark.parametrize(
    ("trailer", "left"),
    [
        ("Approved-Gate: @risk-office", 0),
        ("approved-gate: Ada Lovelace <ada@example.com>", 0),
        ("Approved-Gate: @RISK-OFFICE  fraud-detection", 0),
        ("Approved-Gate: @risk-office fraud-detection recall", 1),
        ("Approved-Gate: @risk-office fraud-detection rec", 2),
        ("Approved-Gate: @risk-office credit", 2),
        ("Approved-Gate: @risk-officer", 2),
        ("Approved-Gate: @fraud-team", 2),
        ("Approved-Gate: Ada Lovelace", 2),
        ("Approved-Gate:", 2),
        ("Signed-off-by: @risk-office", 2),
    ],
)
def test_an_approval_covers_what_it_names(trailer: str, left: int) -> None:
    assert len(told("Other commit", f"Lower the gates\n\nBecause.\n\n{trailer}\n")) == left


def test_a_word_in_the_middle_of_a_message_is_no_trailer() -> None:
    assert len(told("Lower\n\nApproved-Gate: @risk-office\n\nSee the minutes.")) == 2


def test_several_words_add_up_and_a_strange_one_is_named() -> None:
    both = (
        "Lower\n\nApproved-Gate: @risk-office fraud-detection recall\nApproved-Gate: @nobody fraud-detection f1_score"
    )
    (message,) = told(both)
    assert "'@nobody fraud-detection f1_score' names none of them" in message


def test_a_change_cannot_take_its_approvers_away() -> None:
    assert len(told(after=LOWER)) == 2
    assert len(told(before={})) == 2  # asked for from now on


def test_tests_limits_and_promises_are_gates_too() -> None:
    looser = edited(
        CONFIG,
        ("  categories: [model_test]", "  categories: [model_test, unit_test]"),
        ("    - model_monitoring\n", "    - model_monitoring\n  stage_options: {model_testing: {min_coverage: 0.9}}\n"),
    )
    weaker = edited(
        CONFIG,
        ("    - model_monitoring\n", "    - model_monitoring\n  stage_options: {model_testing: {timeout: 30m}}\n"),
        ("alerting:", "serving:\n  slo: {latency: 200ms}\nalerting:"),
    )
    found = told(before=looser | POLICY, after=weaker | POLICY)
    gates = [message.rpartition("fraud-detection ")[2].partition("`")[0] for message in found]
    assert sorted(gates) == ["model_testing min_coverage", "slo latency", "unit_test"]
    approved = "x\n\n" + "\n".join(f"Approved-Gate: @risk-office fraud-detection {gate}" for gate in gates)
    assert told(approved, before=looser | POLICY, after=weaker | POLICY) == []


def test_the_page_shows_what_is_really_said() -> None:
    only = edited(CONFIG, ("recall: 0.85", "recall: 0.80"))
    policy: Changes = {PLATFORM: FILES[PLATFORM] + 'policy:\n  gate_approvers: ["@risk-office"]\n'}
    made = plan(tree(policy), tree(only | policy), ("a", "b"))
    example = PAGE.read_text(encoding="utf-8").partition("```text\n")[2].partition("\n```")[0]
    assert example in as_text(made)


def test_trailers_are_read_as_git_reads_them() -> None:
    message = "Subject\n\nApproved-Gate: no\n\nKey: 1\nAPPROVED-GATE:two\nApproved-Gate: three : 3\n"
    assert trailer_values(message, "Approved-Gate") == ("two", "three : 3")
    assert trailer_values("Approved-Gate: only a subject", "Approved-Gate") == ()


@pytest.mark.parametrize(
    ("section", "gate", "line"),
    [
        ("monitoring:\n  drift_detection:\n    psi_threshold: 0.5\n", "drift_detection psi_threshold", 2),
        ("monitoring:\n  regression_detection:\n    performance_threshold: 0.5\n",
         "regression_detection performance_threshold", 2),
        ("monitoring:\n  max_attack_success: 0.5\n", "max_attack_success", 2),
        ("serving:\n  slo:\n    latency: 300ms\n", "slo latency", 2),
    ],
)  # fmt: skip
def test_a_limit_that_an_environment_loosens_is_told_where_it_stands(section: str, gate: str, line: int) -> None:
    """In its own section of the overlay that says it, and by the name that its trailer takes."""
    overlay: Changes = {"projects/fraud-detection/environments/production.yaml": section}
    made = plan(tree(POLICY), tree(POLICY | overlay), ("a", "b"))
    (found,) = [one for one in made.new_findings if one.code == "MG410"]
    assert found.where.startswith(f"projects/fraud-detection/environments/production.yaml:{line}:"), found
    assert f"@risk-office fraud-detection {gate}`" in found.message
    trailer = f"Approved-Gate: @risk-office fraud-detection {gate}"
    assert not [
        one
        for one in plan(tree(POLICY), tree(POLICY | overlay), ("a", "b"), messages=[f"Lower\n\n{trailer}"]).new_findings
        if one.code == "MG410"
    ]
