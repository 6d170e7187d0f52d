"""What the variables of a CI job say: which merge request it runs for, and where its run can be looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.forge.github_comments import GithubComments
from mlops_gitops.adapters.forge.gitlab_notes import GitlabNotes
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.discussion import Discussion

_TODO = {
    "MLOPS_GITOPS_TOKEN": "set it as a CI variable: an access token of the project, scope `api`, role Reporter",
    "GITHUB_TOKEN": "give it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`",
}
_TOKEN = "MLOPS_GITOPS_TOKEN"  # noqa: S105 - a variable's name


def discussion(variables: Mapping[str, str]) -> Discussion:
    """The discussion of this job's merge request; raises ``UsageError`` where there is none, or no token for it."""
    if variables.get("GITHUB_ACTIONS") == "true":
        return _github(variables)
    if variables.get("GITLAB_CI") == "true":
        return _gitlab(variables)
    raise UsageError(
        "this is no job of GitLab CI or GitHub Actions",
        why="neither GITLAB_CI nor GITHUB_ACTIONS is `true`",
        todo="let CI comment; `mlops-gitops plan` shows the same here",
    )


def run_url(variables: Mapping[str, str]) -> str:
    """The page of this job's run; empty outside of CI."""
    if variables.get("GITHUB_ACTIONS") == "true":
        parts = (variables.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
        server, repository, number = parts
        return f"{server}/{repository}/actions/runs/{number}"
    return variables.get("CI_PIPELINE_URL", "")


def _gitlab(variables: Mapping[str, str]) -> Discussion:
    number = variables.get("CI_MERGE_REQUEST_IID", "")
    if not number:
        raise UsageError("this job runs for no merge request", todo="let it run where CI_MERGE_REQUEST_IID is set")
    project = variables.get("CI_MERGE_REQUEST_PROJECT_ID") or _needed(variables, "CI_PROJECT_ID")
    page = f"{variables.get('CI_MERGE_REQUEST_PROJECT_URL', '')}/-/merge_requests/{number}"
    return GitlabNotes(_needed(variables, "CI_API_V4_URL"), project, number, _needed(variables, _TOKEN), page)


def _github(variables: Mapping[str, str]) -> Discussion:
    number = _pull_request(variables)
    if number is None:
        raise UsageError("this job runs for no pull request", todo="let it run on `pull_request` only")
    token = variables.get(_TOKEN) or _needed(variables, "GITHUB_TOKEN")
    return GithubComments(_needed(variables, "GITHUB_API_URL"), _needed(variables, "GITHUB_REPOSITORY"), number, token)


def _pull_request(variables: Mapping[str, str]) -> int | None:
    path = variables.get("GITHUB_EVENT_PATH", "")
    try:
        event: Any = json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError):
        return None
    request = event.get("pull_request") if isinstance(event, dict) else None
    number = request.get("number") if isinstance(request, dict) else None
    return number if isinstance(number, int) else None


def _needed(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name, "")
    if not value:
        raise UsageError(f"the variable {name} is not set", todo=_TODO.get(name, "CI sets it: is this a job of it?"))
    return value
