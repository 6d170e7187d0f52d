"""What several GitLab files say in the same words: names, conditions, artifacts."""

from __future__ import annotations

from datetime import timedelta

from mlops_gitops.compiler.targets.ci.lengths import gitlab_expiry
from mlops_gitops.records.artifact import Plain

ON_DEFAULT_BRANCH = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
TRIGGER = "MLOPS_TRIGGER"
REGRESSION = f'${TRIGGER} == "regression"'


def pipeline_path(project: str) -> str:
    """The child pipeline's file, from the repository root."""
    return f"rendered/{project}/ci/pipeline.yml"


def job_name(project: str, what: str) -> str:
    """A job of a child pipeline."""
    return f"{project}:{what}"


def literal(text: str) -> str:
    """A variable's value in which GitLab expands nothing."""
    return text.replace("$", "$$")


def artifacts(paths: list[str], kept: timedelta | str, when: str = "always") -> dict[str, Plain]:
    """Files that a job leaves behind, and for how long."""
    return {"when": when, "expire_in": gitlab_expiry(kept), "paths": list(paths)}
