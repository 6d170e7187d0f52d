"""GitLab CI: one child pipeline a project, a job a stage, in the order of the configuration.

Which jobs a run has is decided by ``MLOPS_TRIGGER``, which the trigger job sets: inside a child pipeline the pipeline's
source is always ``parent_pipeline``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.ci import scripts
from mlops_gitops.compiler.targets.ci.gitlab_closing import closing_jobs
from mlops_gitops.compiler.targets.ci.gitlab_words import (
    ON_DEFAULT_BRANCH,
    REGRESSION,
    artifacts,
    job_name,
    literal,
    pipeline_path,
)
from mlops_gitops.compiler.targets.ci.lengths import gitlab_duration
from mlops_gitops.compiler.targets.ci.stage_jobs import RETRAINING, StageJob, stage_jobs
from mlops_gitops.compiler.targets.pods import image_reference
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

# Where a release is pushed to; without one it stays in the job's own clone.
CLONE = scripts.Clone(
    branch="$CI_COMMIT_BRANCH",
    default_branch="$CI_DEFAULT_BRANCH",
    remote="$MLOPS_GITOPS_PUSH_URL",
    began='"$CI_PIPELINE_CREATED_AT"',
    optional='test -z "${MLOPS_GITOPS_PUSH_URL:-}" || ',
)
# A merge of any project makes a new pipeline of the branch; it must not cut this project's training short.
_GOES_ON: dict[str, Plain] = {"when": "always", "auto_cancel": {"on_new_commit": "none"}}
# Trouble that is not the job's own; a gate that said no ends with 1, and is never tried again.
_OUTSIDE = ("runner_system_failure", "scheduler_failure", "api_failure", "data_integrity_failure")
_OUTSIDE_EXIT_CODE = 3


def render(project: Project) -> Iterator[Artifact]:
    """The child pipeline."""
    if project.spec.stack.choice("ci_cd") != "gitlab_ci":
        return
    jobs = stage_jobs(project)
    document: dict[str, Plain] = {
        "stages": [job.stage.value for job in jobs],
        "default": _default(project),
        "variables": _variables(project),
        # A child pipeline starts whenever its parent's trigger job does: the rules stand there.
        "workflow": {"rules": [{"if": "$CI_MERGE_REQUEST_IID"}, dict(_GOES_ON)]},
    }
    for job in jobs:
        # Job names are unique over all child pipelines, so that logs and runners can tell them apart.
        document[job_name(project.name, job.stage.value)] = _job(project, job)
    document |= closing_jobs(project, jobs)
    yield Artifact(pipeline_path(project.name), document, project.name)


def _variables(project: Project) -> dict[str, Plain]:
    variables: dict[str, Plain] = {"GIT_DEPTH": "0", "GIT_STRATEGY": "fetch"}
    if not project.platform.images.runner.digest:
        variables["PIP_CACHE_DIR"] = "$CI_PROJECT_DIR/.cache/pip"
    return variables


def _default(project: Project) -> dict[str, Plain]:
    runner, caches = project.platform.images.runner, list[Plain]()
    default: dict[str, Plain] = {"image": scripts.PYTHON_IMAGE, "interruptible": True}
    own = scripts.install_own(project)
    if runner.digest:
        default["image"] = image_reference(project.platform, runner)
        default["before_script"] = [own]
    else:
        default["before_script"] = [scripts.install(scripts.extras(project)), own]
        caches.append({"key": "pip", "paths": [".cache/pip/"]})
    if project.spec.pipeline.runner_tags:
        default["tags"] = list(project.spec.pipeline.runner_tags)
    if project.data_digest:
        pointer = f"{project.folder}/{project.contract.source}.dvc"
        key: dict[str, Plain] = {"files": [pointer], "prefix": f"data-{project.name}"}
        caches.append({"key": key, "paths": [f"{scripts.DATA_CACHE}/"]})
    if caches:
        default["cache"] = caches
    return default


def _job(project: Project, job: StageJob) -> dict[str, Plain]:
    command = scripts.stage_command(project, job, CLONE)
    document: dict[str, Plain] = {
        "stage": job.stage.value,
        "needs": _needs(project, job),
        "timeout": gitlab_duration(job.timeout),
        "script": [command],
    }
    if job.environment:
        document["script"] = [*scripts.before_acting(CLONE), command, *scripts.after_acting(job, CLONE)]
        document |= _acting(project, job)
    if job.options.on_failure == "continue":
        document["allow_failure"] = True
    if job.options.retries:
        document["retry"] = {
            "max": job.options.retries,
            "when": list(_OUTSIDE),
            "exit_codes": [_OUTSIDE_EXIT_CODE],
        }
    if job.environment or job.retrains:
        document["rules"] = [{"if": REGRESSION if job.retrains else ON_DEFAULT_BRANCH}]
    document["artifacts"] = _made(project, job)
    return document


def _needs(project: Project, job: StageJob) -> list[Plain]:
    needs: list[Plain] = [job_name(project.name, job.previous.value)] if job.previous else []
    if job.behind_retraining:
        needs.append({"job": job_name(project.name, RETRAINING.value), "optional": True})
    return needs


def _acting(project: Project, job: StageJob) -> dict[str, Plain]:
    """Acting jobs of an environment run one at a time, are never cut short, and commit as the bot."""
    bot = project.platform.bot
    action = "start" if job.stage is StageName.MODEL_DEPLOYMENT else "verify"
    return {
        "environment": {"name": f"{project.name}/{job.environment}", "action": action},
        "resource_group": f"{project.name}-{job.environment}",
        "interruptible": False,
        "variables": {"GIT_COMMITTER_NAME": literal(bot.name), "GIT_COMMITTER_EMAIL": literal(bot.email)},
    }


def _made(project: Project, job: StageJob) -> dict[str, Plain]:
    """What the next job starts from.  Whether the run will pass is not known yet: it is kept as a failed one is."""
    paths = [f"{folder}/" for folder in (scripts.CACHE, scripts.MODELS, scripts.RUNS)]
    made = artifacts(paths, project.spec.registry.retention.failed_runs)
    if job.stage is StageName.MODEL_TESTING:
        folder = f"{scripts.CACHE}/{job.stage.value}/*"
        coverage: dict[str, Plain] = {"coverage_format": "cobertura", "path": f"{folder}/coverage.xml"}
        made["reports"] = {"junit": [f"{folder}/junit.xml"], "coverage_report": coverage}
    return made
