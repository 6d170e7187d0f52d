"""The jobs of a project's workflow."""

from __future__ import annotations

from mlops_gitops.compiler.job_limits import AROUND_A_STAGE
from mlops_gitops.compiler.targets.ci import github_words as words
from mlops_gitops.compiler.targets.ci import scripts
from mlops_gitops.compiler.targets.ci.lengths import whole_minutes
from mlops_gitops.compiler.targets.ci.stage_jobs import (
    RETRAINING,
    StageJob,
    last_judging,
    reporting,
    stage_jobs,
)
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.canonical import digest_of, short
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

BEGIN = "begin"
_BEGAN = "MLOPS_RUN_BEGAN"
_CLONE = scripts.Clone(
    branch="$GITHUB_REF_NAME", default_branch="$GITHUB_REF_NAME", remote="origin", began=f'"${_BEGAN}"'
)
# A dispatch that reports no regression starts nothing.
_STARTED = f"{words.NOT_DISPATCHED} || github.event.client_payload.verdict == 'FAILED'"
_ALWAYS = "${{ !cancelled() }}"
_STATE = ".mlops-gitops"


def begin(project: Project) -> dict[str, Plain]:
    """Notes when the run began, for its timeout: GitHub tells it to no job."""
    return {
        "runs-on": _runs_on(project),
        "timeout-minutes": whole_minutes(AROUND_A_STAGE),
        "outputs": {"began": "${{ steps.now.outputs.began }}"},
        "steps": [{"id": "now", "run": 'echo "began=$(date --utc +%FT%TZ)" >> "$GITHUB_OUTPUT"'}],
    }


def stage_job(project: Project, job: StageJob) -> dict[str, Plain]:
    """One stage: take over what is made, run, hand on."""
    timed = project.spec.pipeline.timeout is not None
    before = (*([BEGIN] if timed else []), *_waits_for(job))
    needs: list[Plain] = list(before)
    document: dict[str, Plain] = {"needs": needs} if needs else {}
    if condition := _condition(project, job):
        document["if"] = condition
    document |= {"runs-on": _runs_on(project), **words.container(project.platform)}
    document["timeout-minutes"] = whole_minutes(job.timeout)
    if job.options.on_failure == "continue":
        document["continue-on-error"] = True
    if job.environment:
        document |= _acting(project, job)
    if timed:
        environment = document.setdefault("env", {})
        assert isinstance(environment, dict)
        environment[_BEGAN] = f"${{{{ needs.{BEGIN}.outputs.began }}}}"
    document["steps"] = _steps(project, job)
    return document


def _waits_for(job: StageJob) -> tuple[str, ...]:
    previous = (job.previous.value,) if job.previous else ()
    return (*previous, RETRAINING.value) if job.behind_retraining else previous


def _condition(project: Project, job: StageJob) -> str:
    """A job whose ``needs`` failed or were left out is left out too, so the first one decides for all behind it.

    But for retraining, which most runs leave out: what stands behind it has to say what it waits for.
    """
    if job.retrains:
        return words.REGRESSED
    if job.environment:
        return f"{_went_well(project, job)}{words.on_default_branch(project.platform)}"
    if job.previous or not project.spec.pipeline.triggers.performance_regression:
        return ""
    return _STARTED


def _went_well(project: Project, job: StageJob) -> str:
    if RETRAINING not in project.spec.pipeline.stages or job.previous is None:
        return ""
    retrained = f"needs.{RETRAINING.value}.result != 'failure' && " if job.behind_retraining else ""
    return f"!cancelled() && needs.{job.previous.value}.result == 'success' && {retrained}"


def _acting(project: Project, job: StageJob) -> dict[str, Plain]:
    """Acting jobs of an environment run one at a time, are never cut short, and commit as the bot."""
    bot, place = project.platform.bot, f"{project.name}-{job.environment}"
    writes = job.stage is StageName.MODEL_DEPLOYMENT
    return {
        "environment": {"name": place},
        "concurrency": {"group": place, "cancel-in-progress": False},
        "permissions": {"contents": "write"} if writes else dict(words.READ),
        "env": {"GIT_COMMITTER_NAME": words.literal(bot.name), "GIT_COMMITTER_EMAIL": words.literal(bot.email)},
    }


def _steps(project: Project, job: StageJob) -> list[Plain]:
    platform, actions = project.platform, project.platform.github.actions
    steps = words.setup(platform, scripts.extras(project), depth=0, pushes=bool(job.environment))
    steps.append({"name": "Install what the project needs", "run": scripts.install_own(project)})
    if project.data_digest:
        key = f"data-{project.name}-{short(digest_of(project.data_digest))}"
        steps.append({"uses": actions.cache, "with": {"path": scripts.DATA_CACHE, "key": key}})
    if job.previous:
        made: dict[str, Plain] = {"name": job.previous.value, "path": _STATE}
        # Where the stage before may fail, it may have left nothing.
        steps.append({"uses": actions.download_artifact, "with": made, **_lenient(project, job.previous)})
    lines = [*(scripts.before_acting(_CLONE) if job.environment else []), *_command(project, job)]
    lines += scripts.after_acting(job, _CLONE)
    steps.append({"name": job.stage.value, "run": "".join(f"{line}\n" for line in lines)})
    return [*steps, *_uploads(project, job)]


def _lenient(project: Project, stage: StageName) -> dict[str, Plain]:
    return {"continue-on-error": True} if project.spec.pipeline.stage_options.of(stage).on_failure == "continue" else {}


def _command(project: Project, job: StageJob) -> list[str]:
    """The stage; where it may be tried again, only after exit code 3: trouble outside of it."""
    command = scripts.stage_command(project, job, _CLONE)
    if not job.options.retries:
        return [command]
    return [
        "tries=0",
        f"until {command}; do",
        "  code=$?",
        "  tries=$((tries + 1))",
        f'  if [ "$code" -ne 3 ] || [ "$tries" -gt {job.options.retries} ]; then exit "$code"; fi',
        "done",
    ]


def _uploads(project: Project, job: StageJob) -> list[Plain]:
    """What the next job starts from is kept as a failed run's; reports, and a version that passed, for longer."""
    platform, retention, jobs = project.platform, project.spec.registry.retention, stage_jobs(project)
    name, kept = job.stage.value, project.spec.governance.keep.test_reports
    everything = [scripts.CACHE, scripts.MODELS, scripts.RUNS]
    found: list[Plain] = [words.upload(platform, name, everything, retention.failed_runs, _ALWAYS)]
    if job in reporting(jobs):
        reports = [f"{scripts.CACHE}/{name}", scripts.RUNS]
        found.append(words.upload(platform, f"{name}-reports", reports, kept, _ALWAYS))
    if job == last_judging(jobs):
        found.append(words.upload(platform, "version", [scripts.MODELS], retention.experimental, "success()"))
    return found


def tell_jobs(project: Project) -> dict[str, Plain]:
    """Only of the default branch: a pull request's author sees its checks without being alerted."""
    wanted = project.spec.pipeline.notifications
    if not project.spec.alerting.channels:
        return {}
    # `success()` is no word for it: a job that was left out, as retraining mostly is, is no success to it.
    passed = f"!failure() && !cancelled() && ({_STARTED})"
    ends = (("failed", "failure()", wanted.on_failure), ("passed", passed, wanted.on_success))
    return {f"tell-{status}": _tell(project, status, when) for status, when, told in ends if told}


def _tell(project: Project, status: str, when: str) -> dict[str, Plain]:
    told: dict[str, Plain] = {
        "name": f"Tell that it {status}",
        "run": scripts.notify(project, status),
        "env": {"MLOPS_ALERTMANAGER_URL": "${{ vars.MLOPS_ALERTMANAGER_URL }}"},
    }
    return {
        "needs": [job.stage.value for job in stage_jobs(project)],
        "if": f"{when} && {words.on_default_branch(project.platform)}",
        "runs-on": _runs_on(project),
        **words.container(project.platform),
        "timeout-minutes": whole_minutes(AROUND_A_STAGE),
        # What became of the run is not changed by whether somebody could be told.
        "continue-on-error": True,
        "steps": [*words.setup(project.platform, ""), told],
    }


def _runs_on(project: Project) -> Plain:
    return list(project.spec.pipeline.runner_tags) or project.platform.github.runner
