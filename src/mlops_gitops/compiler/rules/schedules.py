"""Rules about schedules: a run ends before the next one starts, and a schedule has a day to fire on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_DAY = timedelta(days=1)


@cache
def _some_days() -> tuple[date, ...]:
    """Eight years hold every pair of neighbouring days and a 29th of February, whatever century it is."""
    return tuple(date(2024, 1, 1) + timedelta(days=day) for day in range(8 * 366))


def leaves_time(subject: Subject) -> Iterator[Diagnostic]:
    """MG219."""
    for part in (_training_ends, _pipeline_ends):
        yield from until_unknown(part(subject))


def _training_ends(subject: Subject) -> Iterator[Diagnostic]:
    training, pipeline = subject.spec.training, subject.spec.pipeline
    if training.schedule is not None and StageName.MODEL_TRAINING in pipeline.stages:
        span = subject.spans.value(("training", "schedule"))
        gap, needed = shortest_gap(training.schedule), pipeline.stage_options.model_training.timeout
        if gap is None:
            message = f"the schedule `{training.schedule}` never fires: there is no such day"
            yield Diagnostic("MG219", message, span, help="its day of the month does not occur in its month")
        elif gap < needed:
            yield Diagnostic(
                "MG219",
                f"training starts every {format_duration(gap)} and may take {format_duration(needed)}",
                span,
                Severity.WARNING,
                help="train less often, or lower pipeline.stage_options.model_training.timeout",
                related=subject.origin("pipeline", "stage_options", "model_training", "timeout"),
            )


def _pipeline_ends(subject: Subject) -> Iterator[Diagnostic]:
    pipeline = subject.spec.pipeline
    if pipeline.triggers.schedule_daily and pipeline.overall_timeout() > _DAY:
        yield Diagnostic(
            "MG219",
            f"the pipeline starts every 24h and may take {format_duration(pipeline.overall_timeout())}",
            subject.spans.value(("pipeline", "triggers", "schedule_daily")),
            Severity.WARNING,
            help="lower pipeline.timeout or the stages' timeouts to a day or less",
        )


def shortest_gap(schedule: str) -> timedelta | None:
    """The least time between two firings of a five-field schedule; nothing where it never fires."""
    minutes, hours, month_days, months, week_days = (
        _numbers(field, low, high) for field, (low, high) in zip(schedule.split(" "), _BOUNDS, strict=True)
    )
    _, _, written_day, _, written_week_day = schedule.split(" ")
    # Cron's own oddity: where both kinds of days are restricted, either one is enough.
    either = not written_day.startswith("*") and not written_week_day.startswith("*")
    week_days = {day % 7 for day in week_days}

    def fires_on(day: date) -> bool:
        by_month, by_week = day.day in month_days, (day.weekday() + 1) % 7 in week_days
        return day.month in months and ((by_month or by_week) if either else (by_month and by_week))

    times = sorted(timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes)
    days = [day for day in _some_days() if fires_on(day)]
    if not days:
        return None
    within = [after - before for before, after in pairwise(times)]
    nights = [later - day for day, later in pairwise(days)]
    return min([*within, *(night + times[0] - times[-1] for night in nights)])


def _numbers(field: str, low: int, high: int) -> set[int]:
    found = set[int]()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = low if first == "*" else int(first)
        # A step from one number goes on to the end; a number alone is only itself.
        end = int(last) if last else high if first == "*" or step else start
        found.update(range(start, end + 1, int(step or 1)))
    return found
