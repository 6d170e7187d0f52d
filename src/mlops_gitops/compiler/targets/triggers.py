"""The trigger jobs: one a project, in the parent pipeline, carrying the rules from ``pipeline.triggers``.

Inside a child pipeline the pipeline's source is always ``parent_pipeline``, so a rule about schedules or regressions
has to stand here.  Changes under ``releases/`` and ``rendered/`` start nothing: they are what a pipeline makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.gitlab import pipeline_path
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

TRIGGERS_PATH = "rendered/_platform/ci/triggers.yml"


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """One file with every project's trigger job."""
    del platform
    jobs: dict[str, Plain] = {
        f"pipeline:{project.name}": _job(project) for project in projects if project.ci == "gitlab_ci"
    }
    yield Artifact(TRIGGERS_PATH, jobs, "_platform")


def _job(project: Summary) -> dict[str, Plain]:
    return {
        "stage": "pipelines",
        "needs": ["render-check"],
        "trigger": {"include": [{"local": pipeline_path(project.name)}], "strategy": "depend"},
        "rules": list(_rules(project)),
    }


def _rules(project: Summary) -> Iterator[Plain]:
    triggers, folder = project.triggers, project.folder
    if triggers["schedule_daily"]:
        yield {"if": '$CI_PIPELINE_SOURCE == "schedule" && $MLOPS_SCHEDULE == "daily"'}
    if triggers["performance_regression"]:
        yield {
            "if": f'$CI_PIPELINE_SOURCE == "trigger" && $MLOPS_REGRESSION_PROJECT == "{project.name}"',
        }
    code = [f"{folder}/mlops_config.yaml", f"{folder}/{project.contract}", f"{folder}/**/*.py"]
    yield {"if": _PUSHED, "changes": list(code)}
    if triggers["data_update"]:
        yield {"if": _PUSHED, "changes": [f"{folder}/**/*.dvc"]}
    yield {"if": f'$CI_PIPELINE_SOURCE == "web" && $MLOPS_PROJECT == "{project.name}"'}


_PUSHED = '$CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "merge_request_event"'
