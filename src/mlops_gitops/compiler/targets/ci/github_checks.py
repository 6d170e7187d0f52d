"""GitHub Actions: one workflow for the repository, which checks all of it and explains a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.ci import github_words as words
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

PATH = f"{words.FOLDER}/mlops-gitops.yml"
_TIMEOUT_MINUTES = 20
_OF_THIS_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """The workflow, where any project has one of its own."""
    if not any(project.ci == "github_actions" for project in projects):
        return
    document: dict[str, Plain] = {
        "name": "mlops-gitops",
        "on": {"push": {"branches": [platform.github.default_branch]}, "pull_request": {}},
        "permissions": dict(words.READ),
        "defaults": dict(words.DEFAULTS),
        "jobs": {
            "validate": _check(platform, "mlops-gitops validate --format github"),
            "render-check": _check(platform, "mlops-gitops render --check"),
            "plan": _plan(platform),
        },
    }
    yield Artifact(PATH, document, "_platform")


def _check(platform: PlatformSpec, command: str) -> dict[str, Plain]:
    return {**_on(platform), "steps": [*words.setup(platform, ""), {"run": command}]}


def _plan(platform: PlatformSpec) -> dict[str, Plain]:
    """What a pull request means: in the run's summary, and as a comment where the pull request is not a fork's."""
    plan = 'mlops-gitops plan --base "origin/$GITHUB_BASE_REF" --format markdown > plan.md || code=$?'
    # A plan that says no is shown before it fails the job.
    shown = 'cat plan.md | tee -a "$GITHUB_STEP_SUMMARY"\nexit "${code:-0}"'
    steps: list[Plain] = [
        *words.setup(platform, "", depth=0),
        {"name": "Plan", "run": f"{plan}\n{shown}\n"},
        {
            "name": "Comment",
            "if": f"!cancelled() && hashFiles('plan.md') != '' && {_OF_THIS_REPOSITORY}",
            "run": "mlops-gitops comment plan.md",
            "env": {"GITHUB_TOKEN": "${{ github.token }}"},
            # Whether it can be shown there does not decide on the pull request.
            "continue-on-error": True,
        },
    ]
    permissions: dict[str, Plain] = {"contents": "read", "pull-requests": "write"}
    return {
        "if": "github.event_name == 'pull_request'",
        # It waits for no check: what breaks a policy fails `validate` too, and is explained all the same.
        "permissions": permissions,
        **_on(platform),
        "steps": steps,
    }


def _on(platform: PlatformSpec) -> dict[str, Plain]:
    return {
        "runs-on": platform.github.runner,
        **words.container(platform),
        "timeout-minutes": _TIMEOUT_MINUTES,
    }
