"""CODEOWNERS: as GitLab and GitHub both read it, the last line that matches counts."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch

from mlops_gitops.compiler.targets.ci.codeowners import render
from mlops_gitops.records.summary import Summary
from tests.factory import CONFIG, FILES, PLATFORM, Content, compiled

OWNED = (
    'project:\n  owners: ["@fraud-team", a.b@example.com, "@fraud-team"]\ngovernance:\n  approvers: ["@bank/risk"]\n'
)
TEAM = 'owners: ["@ml-platform"]\n'


def text(config: str = OWNED, platform: str = TEAM) -> str:
    changes: dict[str, Content] = {CONFIG: FILES[CONFIG] + config, PLATFORM: platform + FILES[PLATFORM]}
    return compiled(changes).files.get("CODEOWNERS", b"").decode()


def owners(path: str, content: str) -> list[str]:
    """Who owns a file: a small reader of the syntax that both forges share."""
    found: list[str] = []
    for line in content.splitlines():
        pattern, *named = line.split()
        if not pattern.startswith("#") and fnmatch(f"/{path}", f"{pattern}*" if pattern.endswith("/") else pattern):
            found = named
    return found


def test_who_owns_what() -> None:
    content = text()
    assert owners("projects/fraud-detection/model.py", content) == ["@fraud-team", "a.b@example.com"]
    assert owners("projects/fraud-detection/releases/staging.yaml", content) == ["@bank/risk"]
    for path in ("projects/platform.yaml", "CODEOWNERS", ".gitlab-ci.yml", ".github/workflows/mlops-x.yml"):
        assert owners(path, content) == ["@ml-platform"]
    assert owners("README.md", content) == []


def test_without_approvers_a_projects_owners_own_its_releases() -> None:
    content = text('project: {owners: ["@fraud-team"]}\n', "")
    assert owners("projects/fraud-detection/releases/staging.yaml", content) == ["@fraud-team"]
    assert "platform.yaml" not in content


def test_where_nobody_owns_anything_there_is_no_file() -> None:
    assert text("", "") == ""


def test_a_projects_line_covers_no_other_project() -> None:
    (one,) = compiled({CONFIG: FILES[CONFIG] + OWNED}).summaries
    names = ("fraud-detection-2", "fraud", "fraud-detection")
    projects: list[Summary] = [replace(one, name=name, owners=(f"@{name}",), approvers=()) for name in names]
    platform = compiled().platform
    assert platform is not None
    (artifact,) = render(platform, projects)
    content = str(artifact.content)
    assert artifact.outside
    for name in names:
        assert owners(f"projects/{name}/model.py", content) == [f"@{name}"]
    lines = content.splitlines()
    assert lines == sorted(lines)
