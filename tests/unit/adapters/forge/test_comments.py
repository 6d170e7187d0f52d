"""Comments of GitLab and GitHub, against servers on this machine that speak the part of their APIs that is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_gitops.adapters.forge.surroundings import discussion, run_url
from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.usecases.comment import comment
from tests.forge_server import ME, SOMEBODY, Forge, serving


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    monkeypatch.setattr("mlops_gitops.adapters.json_http.time.sleep", lambda _: None)
    with serving() as server:
        yield server


def gitlab(forge: Forge, **changes: str) -> dict[str, str]:
    return {
        "GITLAB_CI": "true", "CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "41", "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example.com/g/p", "CI_MERGE_REQUEST_IID": "5",
        "MLOPS_GITOPS_TOKEN": "secret",
    } | changes  # fmt: skip


def github(forge: Forge, tmp_path: Path, event: object) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true", "GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "secret",
        "GITHUB_EVENT_PATH": str(path),
    }  # fmt: skip


PULL = {"pull_request": {"number": 5}}


def test_the_first_plan_is_a_new_note_and_the_next_one_takes_its_place(forge: Forge) -> None:
    forge.add(SOMEBODY, "looks good")
    first = comment(discussion(gitlab(forge)), "### Plan: 1 change\n", "plan")
    assert (first.url, first.changed) == ("https://gitlab.example.com/g/p/-/merge_requests/5#note_2", False)
    second = comment(discussion(gitlab(forge)), "### Plan: no change\n", "plan")
    assert (second.url, second.changed, second.same) == (first.url, True, False)
    assert forge.remarks[2]["body"] == "<!-- mlops-gitops:plan -->\n### Plan: no change\n"
    assert comment(discussion(gitlab(forge)), "### Plan: no change\n", "plan").same
    assert len(forge.remarks) == 2


def test_a_note_with_our_mark_that_somebody_else_wrote_is_left_alone(forge: Forge) -> None:
    """They could change it again after us, and show a plan that never was."""
    forged = forge.add(SOMEBODY, "<!-- mlops-gitops:plan -->\n")
    forge.add(ME, "<!-- mlops-gitops:plan -->\n", system=True)
    assert not comment(discussion(gitlab(forge)), "true", "plan").changed
    assert forged["body"] == "<!-- mlops-gitops:plan -->\n"


def test_topics_are_apart(forge: Forge) -> None:
    for topic in ("plan", "policy", "plan"):
        comment(discussion(gitlab(forge)), topic, topic)
    assert [one["body"].splitlines()[1] for one in forge.remarks.values()] == ["plan", "policy"]


def test_our_note_is_found_behind_hundreds(forge: Forge) -> None:
    for number in range(250):
        forge.add(SOMEBODY, f"{number}")
    comment(discussion(gitlab(forge)), "one", "plan")
    assert comment(discussion(gitlab(forge)), "two", "plan").changed
    assert len(forge.remarks) == 251


def test_a_text_that_is_too_long_is_cut_at_a_line(forge: Forge, tmp_path: Path) -> None:
    comment(discussion(github(forge, tmp_path, PULL)), "line\n" * 20_000, "plan")
    body = forge.remarks[1]["body"]
    assert len(body) <= 65_536
    assert re.search(r"line\n\n… cut here", body)


@pytest.mark.parametrize("of_workflow", [True, False])
def test_a_pull_request_is_commented_the_same_way(forge: Forge, tmp_path: Path, of_workflow: bool) -> None:
    forge.github_token_is_a_workflows = of_workflow
    forge.add(SOMEBODY if of_workflow else ME, "<!-- mlops-gitops:plan -->\nforged")
    variables = github(forge, tmp_path, PULL)
    first = comment(discussion(variables), "one", "plan")
    assert first.url == "https://github.example.com/o/r/pull/5#issuecomment-2"
    if of_workflow:
        assert comment(discussion(variables), "two", "plan").changed
        assert forge.remarks[2]["body"].endswith("two")
    assert forge.remarks[1]["body"].endswith("forged")


def test_passing_trouble_is_tried_again_but_nothing_is_said_twice(forge: Forge) -> None:
    forge.answers = [503, 429]
    assert not comment(discussion(gitlab(forge)), "one", "plan").changed
    forge.remarks.clear()
    forge.lose_new = True
    with pytest.raises(OutsideError, match="502"):
        comment(discussion(gitlab(forge)), "one", "plan")
    assert len(forge.remarks) == 1


def test_a_proxy_that_answers_in_the_forges_place(forge: Forge) -> None:
    forge.answers = [200]
    with pytest.raises(OutsideError, match="not as the API says"):
        comment(discussion(gitlab(forge)), "one", "plan")


def test_a_token_goes_nowhere_else(forge: Forge) -> None:
    forge.answers = [302]
    with pytest.raises(OutsideError, match="302"):
        comment(discussion(gitlab(forge)), "one", "plan")
    assert len(forge.asked) == 1


def test_a_wrong_token_is_told_with_what_it_must_be(forge: Forge) -> None:
    with pytest.raises(OutsideError) as raised:
        comment(discussion(gitlab(forge, MLOPS_GITOPS_TOKEN="wrong")), "one", "plan")
    assert "scope `api`" in raised.value.todo
    assert "wrong" not in f"{raised.value}{raised.value.where}{raised.value.why}"


def test_a_forge_that_is_away(forge: Forge) -> None:
    with pytest.raises(OutsideError, match="no answer"):
        comment(discussion(gitlab(forge, CI_API_V4_URL="http://127.0.0.1:1")), "one", "plan")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CI_MERGE_REQUEST_IID": ""}, "no merge request"),
        ({"MLOPS_GITOPS_TOKEN": ""}, "MLOPS_GITOPS_TOKEN is not set"),
        ({"CI_API_V4_URL": "file:///etc/passwd"}, "no address"),
        ({"GITLAB_CI": ""}, "no job of GitLab CI or GitHub Actions"),
    ],
)
def test_what_a_job_must_have(forge: Forge, changes: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        discussion(gitlab(forge, **changes))


@pytest.mark.parametrize("event", [{}, [], {"pull_request": None}, {"pull_request": {"number": "5; id"}}])
def test_a_workflow_without_a_pull_request(forge: Forge, tmp_path: Path, event: object) -> None:
    with pytest.raises(UsageError, match="no pull request"):
        discussion(github(forge, tmp_path, event))


@pytest.mark.parametrize(("text", "topic"), [(" \n", "plan"), ("text", "a topic"), ("text", "--><script>")])
def test_what_cannot_be_said(forge: Forge, text: str, topic: str) -> None:
    with pytest.raises(UsageError):
        comment(discussion(gitlab(forge)), text, topic)
    assert not forge.remarks


def test_where_a_run_can_be_looked_at() -> None:
    assert run_url({"CI_PIPELINE_URL": "https://gitlab.example.com/p/-/pipelines/9"}).endswith("/pipelines/9")
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.example.com"}
    variables |= {"GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "3"}
    assert run_url(variables) == "https://github.example.com/o/r/actions/runs/3"
    assert run_url({}) == ""
