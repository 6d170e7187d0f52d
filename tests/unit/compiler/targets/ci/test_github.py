"""Workflows of GitHub Actions: what starts them, which job may do what, and that nothing of a person is evaluated."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlops_gitops.compiler.targets.ci.github_workflow import daily
from mlops_gitops.spec.stages import StageName
from tests.factory import CONFIG, FILES, PLATFORM, Content, compiled

PATH = ".github/workflows/mlops-fraud-detection.yml"
CHECKS = ".github/workflows/mlops-gitops.yml"
DIGEST = "sha256:" + "0123456789abcdef" * 4
STACK = "stack:\n  ci_cd: github_actions\n"
TRIGGERS = "  triggers: {data_update: true, schedule_daily: true, performance_regression: true}\n  stages:"
PINNED = f"images: {{runner: {{name: runner, digest: {DIGEST}}}}}\n"


def files(*replacements: tuple[str, str], more: str = STACK, platform: str = "") -> dict[str, str]:
    config = FILES[CONFIG]
    for old, new in replacements:
        assert old in config
        config = config.replace(old, new)
    changes: dict[str, Content] = {CONFIG: config + more, PLATFORM: platform + FILES[PLATFORM]}
    done = compiled(changes)
    assert not done.findings.errors, [one.message for one in done.findings.errors]
    return {path: content.decode() for path, content in done.files.items()}


def workflow(*replacements: tuple[str, str], path: str = PATH, **options: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(*replacements, **options)[path])
    return loaded


def uses(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [step["with"] for step in job["steps"] if step.get("uses", "").startswith(f"actions/{action}@")]


def script(job: dict[str, Any], name: str) -> str:
    (found,) = [step["run"] for step in job["steps"] if step.get("name") == name]
    assert isinstance(found, str)
    return found


def test_a_project_of_github_has_a_workflow_and_no_gitlab_pipeline() -> None:
    rendered = files()
    assert {PATH, CHECKS} <= rendered.keys()
    assert "rendered/fraud-detection/ci/pipeline.yml" not in rendered
    assert "pipeline:fraud-detection" not in rendered["rendered/_platform/ci/triggers.yml"]
    assert not any(path.startswith(".github") for path in files(more=""))


def test_a_startups_default_is_github() -> None:
    assert PATH in files(more="stack:\n  profile: startup\n")


def test_what_starts_it() -> None:
    on = workflow(("  stages:", TRIGGERS))["on"]
    code = ["mlops_config.yaml", "data_contract.yaml", "requirements.txt", "**/*.py", "**/*.dvc"]
    assert on["push"] == {"branches": ["main"], "paths": [f"projects/fraud-detection/{path}" for path in code]}
    assert on["repository_dispatch"] == {"types": ["mlops-regression-fraud-detection"]}
    assert list(workflow()["on"]) == ["push", "pull_request", "workflow_dispatch"]


def test_projects_run_at_night_and_not_all_at_once() -> None:
    times = [daily(f"project-{number}").split() for number in range(200)]
    assert len({(hour, minute) for minute, hour, *_ in times}) > 100
    assert all(1 <= int(hour) <= 4 and 0 <= int(minute) <= 59 for minute, hour, *_ in times)


def test_only_the_deployment_may_write_and_only_on_the_default_branch() -> None:
    found = workflow()
    assert found["permissions"] == {"contents": "read"}
    assert [name for name, job in found["jobs"].items() if "write" in str(job.get("permissions"))] == [
        "model_deployment"
    ]
    for name in ("model_deployment", "model_monitoring"):
        job = found["jobs"][name]
        assert job["if"] == "github.ref == 'refs/heads/main'"
        assert job["concurrency"] == {"group": "fraud-detection-staging", "cancel-in-progress": False}
        assert job["environment"] == {"name": "fraud-detection-staging"}
    assert uses(found["jobs"]["model_training"], "checkout")[0]["persist-credentials"] is False


def test_every_action_is_pinned_by_a_commit() -> None:
    text = files()[PATH] + files()[CHECKS]
    pins = re.findall(r"uses: (\S+)", text)
    assert pins
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", pin) for pin in pins)
    mirror = "github: {actions: {checkout: 'mirror/checkout@" + "a" * 40 + "'}}\n"
    assert "mirror/checkout@" + "a" * 40 in files(platform=mirror)[PATH]


def test_nothing_that_is_evaluated_stands_in_a_script() -> None:
    bot = "bot: {name: 'x ${{ secrets.KEY }}', email: a@example.com}\n"
    found = workflow(("  stages:", TRIGGERS), platform=bot)
    runs = [step["run"] for job in found["jobs"].values() for step in job["steps"] if "run" in step]
    assert not any("${{" in run for run in runs)
    assert found["jobs"]["model_deployment"]["env"]["GIT_COMMITTER_NAME"] == "x ${{ '${{' }} secrets.KEY }}"


def test_a_job_starts_from_what_the_one_before_made() -> None:
    jobs = workflow()["jobs"]
    assert jobs["model_training"]["needs"] == ["feature_engineering"]
    assert uses(jobs["model_training"], "download-artifact")[0]["name"] == "feature_engineering"
    assert uses(jobs["feature_engineering"], "upload-artifact")[0]["include-hidden-files"] is True


def test_how_long_things_are_kept() -> None:
    registry = "registry: {retention: {failed_runs: 36h}}\ngovernance: {keep: {test_reports: 100d}}\n"
    uploads = uses(workflow(more=STACK + registry)["jobs"]["model_testing"], "upload-artifact")
    kept = {one["name"]: one["retention-days"] for one in uploads}
    assert kept == {"model_testing": 2, "model_testing-reports": 100, "version": 30}


def test_a_written_timeout_of_the_run_counts_from_its_beginning() -> None:
    jobs = workflow(("  stages:", "  timeout: 9h\n  stages:"))["jobs"]
    assert jobs["data_validation"]["env"] == {"MLOPS_RUN_BEGAN": "${{ needs.begin.outputs.began }}"}
    assert '--began "$MLOPS_RUN_BEGAN"' in script(jobs["model_training"], "model_training")
    assert "begin" not in workflow()["jobs"]


STARTED = "github.event_name != 'repository_dispatch' || github.event.client_payload.verdict == 'FAILED'"


def test_only_a_regressions_run_retrains_and_what_it_deploys_is_better_than_what_serves() -> None:
    stages = "".join(f"    - {stage.value}\n" for stage in StageName)
    written = FILES[CONFIG].split("testing:")[0].split("  stages:\n")[1]
    jobs = workflow((written, stages), ("  stages:", TRIGGERS))["jobs"]
    assert jobs["model_retraining"]["if"].endswith("github.event.client_payload.verdict == 'FAILED'")
    assert jobs["model_retraining"]["needs"] == ["model_packaging"]
    assert jobs["model_deployment"]["needs"] == ["model_packaging", "model_retraining"]
    # GitHub leaves out a job behind one that was left out, unless it says itself what it waits for.
    assert jobs["model_deployment"]["if"] == (
        "!cancelled() && needs.model_packaging.result == 'success' && needs.model_retraining.result != 'failure'"
        " && github.ref == 'refs/heads/main'"
    )
    assert jobs["model_monitoring"]["if"].startswith("!cancelled() && needs.model_deployment.result == 'success'")


def test_a_dispatch_without_a_regression_starts_nothing() -> None:
    jobs = workflow(("  stages:", TRIGGERS))["jobs"]
    assert jobs["data_validation"]["if"] == STARTED
    assert "if" not in jobs["model_training"]
    assert "if" not in workflow()["jobs"]["data_validation"]


@pytest.mark.parametrize(("tags", "runner"), [("", "ubuntu-24.04"), ("  runner_tags: [self-hosted, gpu]\n", "gpu")])
def test_which_runners_take_it(tags: str, runner: str) -> None:
    jobs = workflow(("  stages:", f"{tags}  stages:"))["jobs"]
    assert all(runner in job["runs-on"] for job in jobs.values())


def test_a_pinned_image_is_taken_and_without_one_the_product_is_installed() -> None:
    job = workflow(platform=PINNED)["jobs"]["model_training"]
    assert job["container"] == {"image": f"registry.example.com/ml/runner@{DIGEST}"}
    assert not uses(job, "setup-python")
    bare = workflow()["jobs"]["model_training"]
    assert "container" not in bare
    assert "mlops-gitops[run]" in script(bare, "Install mlops-gitops")
    for one in (job, bare):
        assert "-r projects/fraud-detection/requirements.txt" in script(one, "Install what the project needs")


def test_who_is_told() -> None:
    jobs = workflow(("  stages:", "  notifications: {on_success: true}\n  stages:"))["jobs"]
    assert jobs["tell-failed"]["if"] == "failure() && github.ref == 'refs/heads/main'"
    assert jobs["tell-passed"]["if"].startswith("!failure() && !cancelled()")
    silent = workflow(("alerting:\n  channels:\n    - slack\n", "alerting: {}\n"))["jobs"]
    assert not any(name.startswith("tell") for name in silent)


def test_the_repositorys_workflow_explains_a_pull_request() -> None:
    job = workflow(path=CHECKS)["jobs"]["plan"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    (comment,) = [step for step in job["steps"] if step.get("name") == "Comment"]
    assert comment["if"].endswith("&& github.event.pull_request.head.repo.full_name == github.repository")
    assert 'origin/$GITHUB_BASE_REF"' in script(job, "Plan")


@pytest.mark.parametrize("code", [0, 1])
def test_a_plan_that_says_no_is_shown_and_commented_and_fails_the_job(tmp_path: Path, code: int) -> None:
    job = workflow(path=CHECKS)["jobs"]["plan"]
    (comment,) = [step for step in job["steps"] if step.get("name") == "Comment"]
    assert comment["if"].startswith("!cancelled() && hashFiles('plan.md') != ''")
    assert "needs" not in job
    (tmp_path / "mlops-gitops").write_text(f"#!/bin/sh\necho the plan\nexit {code}\n")
    (tmp_path / "mlops-gitops").chmod(0o755)
    told = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": "summary"}
    # As GitHub runs the steps of a workflow whose shell is bash.
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(job, "Plan")]
    done = subprocess.run(shell, cwd=tmp_path, env=told, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (code, b"the plan\n")
    assert (tmp_path / "summary").read_text() == (tmp_path / "plan.md").read_text() == "the plan\n"


def test_a_project_cannot_take_the_name_of_the_repositorys_workflow() -> None:
    moved = {path.replace("fraud-detection", "gitops"): content for path, content in FILES.items()}
    taken: dict[str, Content] = {**moved, PLATFORM: FILES[PLATFORM]}
    assert any("`gitops` is reserved" in one.message for one in compiled(taken).findings.errors)
