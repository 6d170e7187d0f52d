"""How long CI lets a job run, and what is in a job beside its stage: for the targets, and for the rule that warns."""

from __future__ import annotations

from datetime import timedelta

from mlops_gitops.spec.project import ProjectSpec

# Clone, image, artifacts, cache: all that is in a job beside its stage.
AROUND_A_STAGE = timedelta(minutes=10)
# By CI system, and by whether runners of one's own are named: hosted runners of GitHub are the shortest.
_LONGEST = {
    ("github_actions", False): timedelta(hours=6),
    ("github_actions", True): timedelta(days=5),
    ("gitlab_ci", False): timedelta(days=30),
    ("gitlab_ci", True): timedelta(days=30),
}


def longest_job(spec: ProjectSpec) -> timedelta:
    """The longest that the project's CI system and runners let a job run."""
    kind = (spec.stack.choice("ci_cd") or "", bool(spec.pipeline.runner_tags))
    return _LONGEST.get(kind, timedelta.max)
