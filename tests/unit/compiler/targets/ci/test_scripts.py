"""The shell of the rendered jobs, run for real: releases are pushed, and trouble is tried again.

The product is stood in for by a small program in front of ``PATH``; git, bash and the remote repository are real.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factory import CONFIG, FILES, compiled

RELEASE = """#!/bin/sh
echo "$*" >> "$CALLS"
mkdir -p "projects/$2/releases" && echo 2 > "projects/$2/releases/staging.yaml"
git add --all && git -c user.name=bot -c user.email=bot@example.com commit --quiet --message "Deploy $2"
"""
OTHER = """#!/bin/sh
git -C "$OTHER" push --quiet origin HEAD:main
"""
CODES = """#!/bin/sh
echo "$*" >> "$CALLS"
exit "$(echo "$CODES" | cut -d' ' -f"$(wc -l < "$CALLS")")"
"""
IDENTITY = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_CONFIG_GLOBAL": os.devnull}


class Job:
    """A clone of a bare repository, as a runner has it: no branch checked out."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.remote, self.clone = folder, folder / "remote.git", folder / "clone"
        self.calls = folder / "calls"
        self.calls.touch()
        first = folder / "first"
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self.git(folder, "clone", "--quiet", str(self.remote), str(first))
        self.commit(first, "projects/platform.yaml")
        self.git(first, "push", "--quiet", "origin", "HEAD:main")
        self.git(folder, "clone", "--quiet", str(self.remote), str(self.clone))
        self.git(self.clone, "checkout", "--quiet", "--detach")
        self.other = folder / "other"
        self.git(folder, "clone", "--quiet", str(self.remote), str(self.other))

    def git(self, where: Path, *arguments: str) -> str:
        environment = {**os.environ, **IDENTITY, "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}
        command = ["git", *arguments]
        return subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True, text=True).stdout

    def commit(self, where: Path, path: str) -> None:
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(f"{path}\n")
        self.git(where, "add", "--all")
        self.git(where, "commit", "--quiet", "--message", f"Change {path}")

    def run(self, script: str, program: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        place = self.folder / "bin" / "mlops-gitops"
        place.parent.mkdir(exist_ok=True)
        place.write_text(program)
        place.chmod(0o755)
        environment = {
            **os.environ, **IDENTITY, **variables, "CALLS": str(self.calls), "OTHER": str(self.other),
            "PATH": f"{place.parent}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=self.clone, env=environment, capture_output=True, text=True, check=False)

    def log(self) -> list[str]:
        return self.git(self.remote, "log", "--format=%s by %cn", "main").splitlines()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def gitlab(stage: str, config: str = "") -> tuple[str, dict[str, str]]:
    pipeline: dict[str, Any] = yaml.safe_load(
        compiled({CONFIG: FILES[CONFIG].replace("  stages:", f"{config}  stages:")}).files[
            "rendered/fraud-detection/ci/pipeline.yml"
        ]
    )
    found = pipeline[f"fraud-detection:{stage}"]
    return "\n".join(found["script"]), found.get("variables", {})


def github(stage: str, config: str = "") -> tuple[str, dict[str, str]]:
    text = FILES[CONFIG].replace("  stages:", f"{config}  stages:") + "stack:\n  ci_cd: github_actions\n"
    workflow: dict[str, Any] = yaml.safe_load(
        compiled({CONFIG: text}).files[".github/workflows/mlops-fraud-detection.yml"]
    )
    found = workflow["jobs"][stage]
    (script,) = [step["run"] for step in found["steps"] if step.get("name") == stage]
    return script, found.get("env", {})


def variables(job: Job, *, push: bool = True) -> dict[str, str]:
    remote = {"MLOPS_GITOPS_PUSH_URL": str(job.remote)} if push else {}
    return {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main", "GITHUB_REF_NAME": "main", **remote}


@pytest.mark.parametrize("system", [gitlab, github])
def test_a_release_is_pushed(job: Job, system: Any) -> None:
    script, own = system("model_deployment")
    done = job.run(script, RELEASE, variables(job) | own)
    assert done.returncode == 0, done.stderr
    assert job.log()[0] == "Deploy fraud-detection by mlops-gitops-bot"


@pytest.mark.parametrize("system", [gitlab, github])
def test_another_projects_release_that_came_first_is_no_conflict(job: Job, system: Any) -> None:
    job.commit(job.other, "projects/other/releases/staging.yaml")
    script, own = system("model_deployment")
    done = job.run(script, RELEASE + OTHER.partition("\n")[2], variables(job) | own)
    assert done.returncode == 0, done.stderr
    assert job.log()[:2] == [
        "Deploy fraud-detection by mlops-gitops-bot",
        "Change projects/other/releases/staging.yaml by A",
    ]


def test_a_deployment_that_fails_pushes_nothing(job: Job) -> None:
    script, own = gitlab("model_deployment")
    done = job.run(script, RELEASE + "exit 1\n", variables(job) | own)
    assert done.returncode == 1
    assert len(job.log()) == 1


def test_a_push_that_conflicts_fails_the_job(job: Job) -> None:
    job.commit(job.other, "projects/fraud-detection/releases/staging.yaml")
    script, own = gitlab("model_deployment")
    done = job.run(script, RELEASE + OTHER.partition("\n")[2], variables(job) | own)
    assert done.returncode != 0
    assert job.log()[0].startswith("Change projects/fraud-detection")


def test_without_a_place_to_push_to_a_release_stays_in_the_clone(job: Job) -> None:
    script, own = gitlab("model_deployment")
    assert job.run(script, RELEASE, variables(job, push=False) | own).returncode == 0
    assert len(job.log()) == 1
    assert job.git(job.clone, "log", "-1", "--format=%s main", "main").strip() == "Deploy fraud-detection main"


@pytest.mark.parametrize(
    ("codes", "ends", "calls"),
    [("0", 0, 1), ("3 3 0", 0, 3), ("3 3 3 0", 3, 3), ("1 0", 1, 1), ("3 1 0", 1, 2), ("4 0", 4, 1)],
)
def test_only_trouble_outside_is_tried_again(job: Job, codes: str, ends: int, calls: int) -> None:
    script, _ = github("model_training", "  stage_options: {model_training: {retries: 2}}\n")
    assert job.run(script, CODES, {"CODES": codes}).returncode == ends
    assert job.calls.read_text().splitlines() == ["stage fraud-detection model_training"] * calls


def test_a_written_timeout_is_told_with_the_runs_beginning(job: Job) -> None:
    script, _ = gitlab("model_training", "  timeout: 9h\n")
    assert job.run(script, CODES, {"CODES": "0", "CI_PIPELINE_CREATED_AT": "2026-11-25T08:30:00Z"}).returncode == 0
    assert job.calls.read_text().endswith("model_training --began 2026-11-25T08:30:00Z\n")
