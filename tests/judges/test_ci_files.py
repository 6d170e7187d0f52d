"""CI files and Dockerfiles: GitLab's and GitHub's published schemas, actionlint, hadolint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.judges import judges
from tests.judges.documents import of_kind

Written = Callable[[str], list[Path]]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes all documents of a kind below the test's folder; each tree has a folder of its own."""

    def write(kind: str) -> list[Path]:
        found = {tmp_path / one.tree / one.path: one.text for one in of_kind(kind)}
        for path, text in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return sorted(found)

    return write


def test_gitlab_files_meet_the_schema(written: Written) -> None:
    judges.gitlab_schema(written("gitlab"))


def test_workflows_meet_the_schema_and_actionlint(written: Written) -> None:
    if paths := written("workflow"):
        judges.workflow_schema(paths)
        judges.actionlint(paths)


def test_dockerfiles_are_clean(written: Written) -> None:
    for path in written("dockerfile"):
        judges.hadolint(path)


WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n"


def test_actionlint_refuses_what_the_schema_lets_pass(tmp_path: Path) -> None:
    path = tmp_path / ".github/workflows/a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(WORKFLOW.format("echo ${{ github.event.pull_request.title }}"))
    judges.workflow_schema([path])
    with pytest.raises(AssertionError, match="untrusted"):
        judges.actionlint([path])
    path.write_text(WORKFLOW.replace("steps:", "stepz:").format("echo"))
    with pytest.raises(AssertionError, match="stepz"):
        judges.workflow_schema([path])


def test_hadolint_refuses_an_image_that_is_not_pinned(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text('FROM debian:latest\nCMD ["true"]\n')
    with pytest.raises(AssertionError, match="DL3007"):
        judges.hadolint(path)


def test_gitlabs_schema_refuses_what_gitlab_would(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("validate:\n  stage: check\n  needs: 3\n  script: [mlops-gitops validate]\n")
    with pytest.raises(AssertionError, match="needs"):
        judges.gitlab_schema([path])
