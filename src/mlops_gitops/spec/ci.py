"""What CI systems and forges restrict: how owners and runner tags are written, and what GitHub Actions needs."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, WithJsonSchema

from mlops_gitops.spec.section import Section, all_defaults

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
# As both GitLab and GitHub read them in CODEOWNERS: a user or group, a team below an organisation, an e-mail address.
_OWNER = rf"@{_NAME}(/{_NAME})*|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_RUNNER_TAG = r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}"
_ACTION = rf"{_NAME}/{_NAME}(/{_NAME})*@[0-9a-f]{{40}}"
_BRANCH = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*"


def _owner(text: str) -> str:
    if not re.fullmatch(_OWNER, text):
        raise ValueError("not an owner as CODEOWNERS has them: @user, @group/team or name@example.com")
    return text


def _runner_tag(text: str) -> str:
    if not re.fullmatch(_RUNNER_TAG, text):
        raise ValueError("not a runner tag: letters, digits and `._:/+-`, at most 128, a letter or digit first")
    return text


def _action(text: str) -> str:
    if not re.fullmatch(_ACTION, text):
        raise ValueError("not a pinned action: owner/name@ and the 40 hexadecimal digits of a commit, never a tag")
    return text


def _branch(text: str) -> str:
    if not re.fullmatch(_BRANCH, text):
        raise ValueError("not a branch name: letters, digits and `._-/`")
    return text


Owner = Annotated[
    str,
    Strict(),
    AfterValidator(_owner),
    WithJsonSchema({"type": "string", "pattern": f"^({_OWNER})$", "examples": ["@group/team", "a@example.com"]}),
]
RunnerTag = Annotated[
    str, Strict(), AfterValidator(_runner_tag), WithJsonSchema({"type": "string", "pattern": f"^{_RUNNER_TAG}$"})
]
Action = Annotated[
    str, Strict(), AfterValidator(_action), WithJsonSchema({"type": "string", "pattern": f"^{_ACTION}$"})
]
Branch = Annotated[
    str, Strict(), AfterValidator(_branch), WithJsonSchema({"type": "string", "pattern": f"^{_BRANCH}$"})
]


class GithubActions(Section):
    """The actions that workflows use, each pinned by commit: a tag can be moved, a commit cannot."""

    checkout: Action = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"
    """Version 6.0.2."""
    setup_python: Action = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405"
    """Version 6.2.0."""
    upload_artifact: Action = "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f"
    """Version 6.0.0."""
    download_artifact: Action = "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131"
    """Version 7.0.0."""
    cache: Action = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae"
    """Version 5.0.5."""


class Github(Section):
    """What workflows of GitHub Actions need to know of the repository."""

    default_branch: Branch = "main"
    """The branch that deploys."""
    runner: RunnerTag = "ubuntu-24.04"
    """The hosted runner, for projects that name no `pipeline.runner_tags`."""
    longest_artifact_days: Annotated[int, Strict(), Field(ge=1, le=400)] = 400
    """The longest retention of artifacts that the repository allows: 90 at most where it is public."""
    actions: GithubActions = all_defaults()
    """The actions, pinned."""
