"""The jobs of a pipeline as both CI systems have them: a job a stage, in the order of the configuration.

Retraining is the exception: only a regression's run has it, and there it stands between the last stage that judges and
the deployment, which goes on only with a version that is better than the serving one.

A stage stops itself at its own timeout and says so.  The job's timeout is only the backstop behind that: it leaves time
for the clone and the artifacts, and for stages that are left out and made by default inside this job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mlops_gitops.compiler.job_limits import AROUND_A_STAGE, longest_job
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName, StageOptions

# Stages that change or observe what an environment runs: only the default branch may, one at a time.
ACTING = (StageName.MODEL_DEPLOYMENT, StageName.MODEL_MONITORING)
RETRAINING = StageName.MODEL_RETRAINING
# Stages whose measurements are evidence, kept as long as test reports are.
REPORTING = (
    StageName.DATA_VALIDATION,
    StageName.MODEL_EVALUATION,
    StageName.MODEL_TESTING,
    StageName.MODEL_VALIDATION,
    RETRAINING,
)
_MADE_BY_DEFAULT = (StageName.FEATURE_ENGINEERING,)


@dataclass(frozen=True, slots=True)
class StageJob:
    """One stage's job.  ``previous`` is the stage whose outputs it starts from; ``timeout`` is the job's."""

    stage: StageName
    previous: StageName | None
    options: StageOptions
    timeout: timedelta
    environment: str = ""
    """Where it acts; empty where it does not."""
    behind_retraining: bool = False
    """Whether it waits for retraining too, in a run that has it."""

    @property
    def retrains(self) -> bool:
        """Whether a regression's run has it, and no other."""
        return self.stage is RETRAINING


def stage_jobs(project: Project) -> tuple[StageJob, ...]:
    """All jobs, in the order in which they run."""
    return tuple(_jobs(project))


def _jobs(project: Project) -> Iterator[StageJob]:
    pipeline, previous = project.spec.pipeline, None
    environment, retrains = next(iter(project.environments)).name, RETRAINING in pipeline.stages
    judged: StageName | None = None
    for stage in _in_order(pipeline.stages):
        options, acts = pipeline.stage_options.of(stage), stage in ACTING
        timeout = options.timeout + _made_inside(project, previous, stage) + AROUND_A_STAGE
        yield StageJob(
            stage,
            judged if stage is RETRAINING else previous,
            options,
            min(timeout, longest_job(project.spec)),
            environment if acts else "",
            behind_retraining=retrains and acts and previous == judged,
        )
        if stage is not RETRAINING:
            previous, judged = stage, judged if acts else stage


def _in_order(stages: tuple[StageName, ...]) -> tuple[StageName, ...]:
    """Retraining before whatever acts."""
    judging = tuple(one for one in stages if one not in (*ACTING, RETRAINING))
    return (*judging, *(one for one in stages if one is RETRAINING), *(one for one in stages if one in ACTING))


def _made_inside(project: Project, previous: StageName | None, stage: StageName) -> timedelta:
    """Time for the stages between two of the pipeline that are left out and made by default."""
    order = list(StageName)
    first = order.index(previous) + 1 if previous else 0
    chosen, options = project.spec.pipeline.stages, project.spec.pipeline.stage_options
    left_out = (one for one in order[first : order.index(stage)] if one in _MADE_BY_DEFAULT and one not in chosen)
    return sum((options.of(one).timeout for one in left_out), timedelta())


def last_judging(jobs: tuple[StageJob, ...]) -> StageJob | None:
    """The job behind which a version is registered: the last one that neither acts nor retrains."""
    return next((job for job in reversed(jobs) if not job.environment and not job.retrains), None)


def reporting(jobs: tuple[StageJob, ...]) -> tuple[StageJob, ...]:
    """The jobs whose reports are evidence."""
    return tuple(job for job in jobs if job.stage in REPORTING)
