"""CODEOWNERS: who must agree to a change of what, from owners, approvers and the platform team.

The root of the repository is a place that GitLab and GitHub both look at, and the syntax is what both of them read: a
path from the root, then owners.  Of several lines that match a file the last one counts, so deeper paths come later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

PATH = "CODEOWNERS"
# What decides for all projects: the platform's settings and policy, CI, and this file itself.
_PLATFORMS_OWN = ("/.github/", "/.gitlab-ci.yml", "/CODEOWNERS", "/projects/platform.yaml", "/rendered/_platform/")


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """The file, where anybody owns anything."""
    owners = dict.fromkeys(_PLATFORMS_OWN, platform.owners)
    for project in sorted(projects, key=_as_path):
        owners[f"/{project.folder}/"] = project.owners
        owners[f"/{project.folder}/releases/"] = project.approvers
    lines = [f"{path} {' '.join(dict.fromkeys(named))}\n" for path, named in owners.items() if named]
    if lines:
        yield Artifact(PATH, "".join(lines), "_platform")


def _as_path(project: Summary) -> tuple[str, ...]:
    """Sorts as the folders do: `fraud-detection/` before `fraud/`."""
    return (*project.name, "/")
