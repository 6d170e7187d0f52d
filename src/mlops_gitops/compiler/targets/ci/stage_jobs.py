"""The jobs of a pipeline as both CI systems have them: a job a stage, in the order of the configuration.

A stage stops itself at its own timeout and says so.  The job's timeout is only the backstop behind that: it leaves time
for the clone and the artifacts, and for stages that are left out and made by default inside this job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName, StageOptions

# Clone, image, artifacts, cache: all that is in a job beside its stage.
AROUND_A_STAGE = timedelta(minutes=10)
# Stages that change or observe what an environment runs: only the default branch may, one at a time.
ACTING = (StageName.MODEL_DEPLOYMENT, StageName.MODEL_MONITORING)
# Stages whose measurements are evidence, kept as long as test reports are.
REPORTING = (
    StageName.DATA_VALIDATION,
    StageName.MODEL_EVALUATION,
    StageName.MODEL_TESTING,
    StageName.MODEL_VALIDATION,
)
_MADE_BY_DEFAULT = (StageName.DATA_PREPROCESSING, StageName.FEATURE_ENGINEERING, StageName.MODEL_PACKAGING)


@dataclass(frozen=True, slots=True)
class StageJob:
    """One stage's job.  ``previous`` is the stage whose outputs it starts from; ``timeout`` is the job's."""

    stage: StageName
    previous: StageName | None
    options: StageOptions
    timeout: timedelta
    environment: str
    """Where it acts; empty where it does not."""

    @property
    def retrains(self) -> bool:
        """Whether it is entered by a regression, and by nothing else."""
        return self.stage is StageName.MODEL_RETRAINING


def stage_jobs(project: Project) -> tuple[StageJob, ...]:
    """All jobs, in order; the one that retrains stands alone, because nothing else runs when it does."""
    return tuple(_jobs(project))


def retrains(project: Project) -> bool:
    """Whether a regression starts a stage of its own, instead of the whole pipeline."""
    return StageName.MODEL_RETRAINING in project.spec.pipeline.stages


def _jobs(project: Project) -> Iterator[StageJob]:
    pipeline, previous = project.spec.pipeline, None
    environment = next(iter(project.environments)).name
    for stage in pipeline.stages:
        options = pipeline.stage_options.of(stage)
        if stage is StageName.MODEL_RETRAINING:
            # It starts from nothing and makes what it needs by itself.
            timeout = pipeline.stages_timeout() + options.timeout + AROUND_A_STAGE
            yield StageJob(stage, None, options, timeout, "")
            continue
        timeout = options.timeout + _made_inside(project, previous, stage) + AROUND_A_STAGE
        yield StageJob(stage, previous, options, timeout, environment if stage in ACTING else "")
        previous = stage


def _made_inside(project: Project, previous: StageName | None, stage: StageName) -> timedelta:
    """Time for the stages between two of the pipeline that are left out and made by default."""
    order = list(StageName)
    first = order.index(previous) + 1 if previous else 0
    left_out = (one for one in order[first : order.index(stage)] if one in _MADE_BY_DEFAULT)
    options = project.spec.pipeline.stage_options
    return sum((options.of(one).timeout for one in left_out), timedelta())


def last_judging(jobs: tuple[StageJob, ...]) -> StageJob | None:
    """The job behind which a version is registered: the last one that neither acts nor retrains."""
    return next((job for job in reversed(jobs) if not job.environment and not job.retrains), None)


def reporting(jobs: tuple[StageJob, ...]) -> tuple[StageJob, ...]:
    """The jobs whose reports are evidence."""
    return tuple(job for job in jobs if job.stage in REPORTING)
