"""The shell lines that both CI systems run.

Nothing that somebody wrote is pasted into them but what the language restricts to letters, digits and dashes (names of
projects, stages, environments); all else reaches the shell as a variable.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.targets.ci.stage_jobs import StageJob
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

CACHE, MODELS, RUNS = ".mlops-gitops/cache", ".mlops-gitops/models", ".mlops-gitops/runs"
DATA_CACHE = ".dvc/cache"
# Python and git, for a platform that has no runner image of its own yet.
PYTHON_VERSION = "3.11"
PYTHON_IMAGE = f"python:{PYTHON_VERSION}-bookworm"


@dataclass(frozen=True, slots=True)
class Clone:
    """What a CI system calls things: variables with their ``$``.  ``remote`` may be empty where ``optional`` is set."""

    branch: str
    default_branch: str
    remote: str
    began: str
    optional: str = ""


def install(extras: str) -> str:
    """Install the product where the image lacks it; the product's own repository installs itself."""
    wanted = f"[{extras}]" if extras else ""
    source = f'"$(test -d src/mlops_gitops && echo ".{wanted}" || echo "mlops-gitops{wanted}")"'
    return f"command -v mlops-gitops >/dev/null || pip install --quiet {source}"


def install_own(project: Project) -> str:
    """Install what the project's own code imports, where its folder says so."""
    file = f"{project.folder}/requirements.txt"
    return f"test ! -f {file} || pip install --quiet -r {file}"


def extras(project: Project) -> str:
    """What the stages of a project need beside the base."""
    return "run,keras" if project.spec.training.framework == "keras" else "run"


def stage_command(project: Project, job: StageJob, clone: Clone) -> str:
    """``mlops-gitops stage``; where the whole run's timeout is written, it is counted from the run's beginning."""
    where = f" --environment {job.environment}" if job.environment else ""
    began = f" --began {clone.began}" if project.spec.pipeline.timeout is not None else ""
    return f"mlops-gitops stage {project.name} {job.stage.value}{where}{began}"


def before_acting(clone: Clone) -> list[str]:
    """A job's clone has no branch checked out; a release is a commit on one, and the next job works from it."""
    pull = f'git pull --quiet --ff-only "{clone.remote}" "{clone.default_branch}"'
    return [f'git switch --quiet --force-create "{clone.branch}"', clone.optional + pull]


def after_acting(job: StageJob, clone: Clone) -> list[str]:
    """Push the release, in the script: a push that is refused fails the job, and a failed deployment pushes nothing.

    Another project's release may have come first: ours, which touches other files, is put on top of it.
    """
    if job.stage is not StageName.MODEL_DEPLOYMENT:
        return []
    push = f'git push --quiet "{clone.remote}" "HEAD:{clone.default_branch}"'
    pull = f'git pull --quiet --rebase "{clone.remote}" "{clone.default_branch}"'
    return [f"{clone.optional}{push} || {{ {pull} && {push}; }}"]


def notify(project: Project, status: str) -> str:
    """Tell the channels of ``alerting`` how a run ended."""
    return f"mlops-gitops notify {project.name} --status {status}"
