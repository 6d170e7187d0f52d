"""GitHub Actions: one workflow a project, a job a stage, in the order of the configuration."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from mlops_gitops.compiler.targets.ci import github_words as words
from mlops_gitops.compiler.targets.ci.github_jobs import BEGIN, begin, stage_job, tell_jobs
from mlops_gitops.compiler.targets.ci.source_paths import source_paths
from mlops_gitops.compiler.targets.ci.stage_jobs import stage_jobs
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Project

_FIRST_HOUR, _HOURS = 1, 4


def render(project: Project) -> Iterator[Artifact]:
    """The workflow."""
    if project.spec.stack.choice("ci_cd") != "github_actions":
        return
    jobs: dict[str, Plain] = {BEGIN: begin(project)} if project.spec.pipeline.timeout is not None else {}
    for job in stage_jobs(project):
        jobs[job.stage.value] = stage_job(project, job)
    document: dict[str, Plain] = {
        "name": project.name,
        "on": _triggers(project),
        "permissions": dict(words.READ),
        # A newer push to a pull request ends the older one's run; what the default branch began is not cut short.
        "concurrency": {
            "group": f"{project.name}-${{{{ github.event_name }}}}-${{{{ github.ref }}}}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "defaults": dict(words.DEFAULTS),
        "jobs": jobs | tell_jobs(project),
    }
    yield Artifact(words.workflow_path(project.name), document, project.name)


def _triggers(project: Project) -> dict[str, Plain]:
    """Changes under ``releases/`` and ``rendered/`` start nothing: they are what a workflow makes."""
    triggers = project.spec.pipeline.triggers
    paths = source_paths(project.folder, project.spec.data.contract, project.packages)
    if triggers.data_update:
        paths.append(f"{project.folder}/**/*.dvc")
    started: dict[str, Plain] = {
        "push": {"branches": [project.platform.github.default_branch], "paths": list(paths)},
        "pull_request": {"paths": list(paths)},
    }
    if triggers.schedule_daily:
        started["schedule"] = [{"cron": daily(project.name)}]
    if triggers.performance_regression:
        started["repository_dispatch"] = {"types": [words.regression_event(project.name)]}
    return started | {"workflow_dispatch": {}}


def daily(project: str) -> str:
    """Once a night (UTC), at a minute of the project's own, so that many projects do not begin at once."""
    hour, minute = divmod(zlib.crc32(project.encode()) % (_HOURS * 60), 60)
    return f"{minute} {hour + _FIRST_HOUR} * * *"
