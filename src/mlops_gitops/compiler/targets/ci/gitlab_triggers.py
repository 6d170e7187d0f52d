"""The trigger jobs: one a project, in the parent pipeline, carrying the rules from ``pipeline.triggers``.

Inside a child pipeline the pipeline's source is always ``parent_pipeline``, so a rule about schedules or regressions
has to stand here; the child is told by a variable.  Changes under ``releases/`` and ``rendered/`` start nothing: they
are what a pipeline makes.

Limits of GitLab that shape the files: one file may take 2 MB of GitLab's memory, about five times its own size; a
pipeline includes at most 150 files; a trigger job's own include is not one of them, and starts one child pipeline.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from mlops_gitops.compiler.targets.ci.gitlab_words import TRIGGER, pipeline_path
from mlops_gitops.compiler.targets.ci.source_paths import source_paths
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec

FOLDER = "rendered/_platform/ci"
TRIGGERS_PATH = f"{FOLDER}/triggers.yml"
PROJECTS_A_FILE = 100
# Where hundreds of projects run daily, their schedules can be spread: `daily-1` to `daily-4` start a quarter each.
SHARDS = 4
_TEMPLATE = ".mlops-pipeline"
# On a branch that is new to GitLab every file counts as changed: of branches, only the default one starts pipelines.
_PUSHED = (
    '$CI_PIPELINE_SOURCE == "merge_request_event" || '
    '($CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH)'
)
_ASKED = "$CI_PIPELINE_SOURCE =~ /^(trigger|api|web)$/"


def render(platform: PlatformSpec, projects: Sequence[Summary]) -> Iterator[Artifact]:
    """A file of trigger jobs for every hundred projects; the first one always, because the parent includes it."""
    del platform
    ours = [project for project in projects if project.ci == "gitlab_ci"]
    for start in range(0, max(len(ours), 1), PROJECTS_A_FILE):
        jobs = {f"pipeline:{one.name}": _job(one) for one in ours[start : start + PROJECTS_A_FILE]}
        template: dict[str, Plain] = {"stage": "pipelines", "needs": ["render-check"]}
        yield Artifact(_path(start // PROJECTS_A_FILE), {_TEMPLATE: template, **jobs}, "_platform")


def _path(index: int) -> str:
    return f"{FOLDER}/triggers-{index + 1}.yml" if index else TRIGGERS_PATH


def _job(project: Summary) -> Plain:
    return {
        "extends": _TEMPLATE,
        "trigger": {"include": [{"local": pipeline_path(project.name)}], "strategy": "depend"},
        "rules": list(_rules(project)),
    }


def _rules(project: Summary) -> Iterator[Plain]:
    triggers, folder = project.triggers, project.folder
    if triggers["schedule_daily"]:
        name = f"/^daily(-{shard(project.name)})?$/"
        yield _rule("schedule", f'$CI_PIPELINE_SOURCE == "schedule" && $MLOPS_SCHEDULE =~ {name}')
    if triggers["performance_regression"]:
        verdict = f'$MLOPS_REGRESSION_PROJECT == "{project.name}" && $MLOPS_VERDICT == "FAILED"'
        yield _rule("regression", f"{_ASKED} && {verdict}")
    yield _rule("code", _PUSHED, source_paths(folder, project.contract, project.packages))
    if triggers["data_update"]:
        yield _rule("data", _PUSHED, [f"{folder}/**/*.dvc"])
    yield _rule("person", f'{_ASKED} && $MLOPS_PROJECT == "{project.name}"')


def _rule(trigger: str, condition: str, changes: Sequence[str] = ()) -> Plain:
    changed: dict[str, Plain] = {"changes": list(changes)} if changes else {}
    return {"if": condition, **changed, "variables": {TRIGGER: trigger}}


def shard(project: str) -> int:
    """Which part of the projects one belongs to, from 1; the same for ever, whatever other projects there are."""
    return zlib.crc32(project.encode()) % SHARDS + 1
