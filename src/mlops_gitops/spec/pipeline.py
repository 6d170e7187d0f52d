"""The pipeline: which stages run, when, how long, and what each is judged by."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from mlops_gitops.spec.ci import RunnerTag
from mlops_gitops.spec.scalars import Bool, Timeout
from mlops_gitops.spec.section import Section, all_defaults
from mlops_gitops.spec.stages import StageName, StageOptionsByName

LEAST_OVERALL_TIMEOUT = timedelta(minutes=120)


class Triggers(Section):
    """What starts the pipeline, besides a person."""

    data_update: Bool = False
    """A changed data pointer (`*.dvc`)."""
    schedule_daily: Bool = False
    """Once a day."""
    performance_regression: Bool = False
    """A verdict of the detector."""


class Notifications(Section):
    """Who is told about a run; through the channels of `alerting`."""

    on_failure: Bool = True
    """Whether a failed run is told."""
    on_success: Bool = False
    """Whether a run that passed is told too."""


class Pipeline(Section):
    """Which stages run, when, and what each is judged by."""

    stages: Annotated[tuple[StageName, ...], Field(min_length=1)]
    """The stages, in lifecycle order."""
    triggers: Triggers = all_defaults()
    """What starts the pipeline."""
    timeout: Timeout | None = None
    """The whole run's timeout; where it is not written, the larger of 2 h and the sum of the stages' timeouts."""
    stage_options: StageOptionsByName = all_defaults()
    """Timeouts, gates and failure policy by stage."""
    runner_tags: tuple[RunnerTag, ...] = ()
    """Tags of the CI runners that may take the jobs; none: any runner."""
    notifications: Notifications = all_defaults()
    """Who is told about a run."""

    def overall_timeout(self) -> timedelta:
        """The written timeout, else the larger of 120 minutes and the sum over the (linear) path of stages."""
        if self.timeout is not None:
            return self.timeout
        return max(LEAST_OVERALL_TIMEOUT, self.stages_timeout())

    def stages_timeout(self) -> timedelta:
        """The sum over the (linear) path of stages; retraining is entered by its trigger only."""
        on_path = (stage for stage in self.stages if stage is not StageName.MODEL_RETRAINING)
        return sum((self.stage_options.of(stage).timeout for stage in on_path), timedelta())
