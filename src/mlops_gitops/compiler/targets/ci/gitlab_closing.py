"""The jobs behind the stages: what is kept for long, and who is told."""

from __future__ import annotations

from mlops_gitops.compiler.job_limits import AROUND_A_STAGE
from mlops_gitops.compiler.targets.ci import scripts
from mlops_gitops.compiler.targets.ci.gitlab_words import ON_DEFAULT_BRANCH, artifacts, job_name
from mlops_gitops.compiler.targets.ci.lengths import gitlab_duration
from mlops_gitops.compiler.targets.ci.stage_jobs import StageJob, last_judging, reporting
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project

_LAST = ".post"


def closing_jobs(project: Project, jobs: tuple[StageJob, ...]) -> dict[str, Plain]:
    """By name.  A job has one expiry for all its artifacts, so what is kept longer is uploaded again."""
    found: dict[str, Plain] = {}
    if reports := reporting(jobs):
        found[job_name(project.name, "reports")] = _reports(project, reports)
    if last := last_judging(jobs):
        found[job_name(project.name, "version")] = _version(project, last)
    return found | _notifications(project)


def _reports(project: Project, jobs: tuple[StageJob, ...]) -> dict[str, Plain]:
    """Reports of tests and evaluations, whether they passed or not, for as long as governance wants them."""
    folders = [f"{scripts.CACHE}/{job.stage.value}/" for job in jobs]
    return {
        **_small(project, jobs),
        "script": [f"ls -R {' '.join(folders)} || true"],
        "when": "always",
        "artifacts": artifacts([*folders, f"{scripts.RUNS}/"], project.spec.governance.keep.test_reports),
    }


def _version(project: Project, last: StageJob) -> dict[str, Plain]:
    """A version that passed all its gates, for as long as experimental ones are kept."""
    return {
        **_small(project, (last,)),
        "script": [f"ls {scripts.MODELS}"],
        "artifacts": artifacts([f"{scripts.MODELS}/"], project.spec.registry.retention.experimental, "on_success"),
    }


def _small(project: Project, jobs: tuple[StageJob, ...]) -> dict[str, Plain]:
    """A job that only hands files on."""
    needs: list[Plain] = []
    for job in jobs:
        name = job_name(project.name, job.stage.value)
        needs.append({"job": name, "optional": True} if job.retrains else name)
    return {
        "stage": _LAST,
        "needs": needs,
        "timeout": gitlab_duration(AROUND_A_STAGE),
        "cache": [],
        "before_script": [],
    }


def _notifications(project: Project) -> dict[str, Plain]:
    """Only of the default branch: a merge request's author sees its pipeline without being alerted."""
    wanted = project.spec.pipeline.notifications
    if not project.spec.alerting.channels:
        return {}
    ends = (("failed", "on_failure", wanted.on_failure), ("passed", "on_success", wanted.on_success))
    return {
        job_name(project.name, f"tell-{status}"): {
            "stage": _LAST,
            "timeout": gitlab_duration(AROUND_A_STAGE),
            "script": [scripts.notify(project, status)],
            "dependencies": [],
            "cache": [],
            # What became of the run is not changed by whether somebody could be told.
            "allow_failure": True,
            "rules": [{"if": ON_DEFAULT_BRANCH, "when": when}],
        }
        for status, when, told in ends
        if told
    }
