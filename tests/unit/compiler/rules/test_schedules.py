"""The shortest gap of a schedule, held against every minute of some years."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mlops_gitops.compiler.rules.schedules import shortest_gap


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("0 3 * * 1", 168.0),
        ("*/30 * * * *", 0.5),
        ("0 */7 * * *", 3.0),  # 21:00, then midnight
        ("0 0 1 * *", 28 * 24.0),
        ("0 0 29 2 *", (366 + 365 * 3) * 24.0),
        ("30 22 * * 5,0", 48.0),
        ("0 0 * * 7", 168.0),  # Sunday, as 0 is
        ("0 12 13 * 5", 24.0),  # a 13th or a Friday: one day apart now and then
        ("15/20 8-9 * * *", 20 / 60),
        ("0 6 28-31 3/3 *", 24.0),
    ],
)
def test_gap(schedule: str, hours: float) -> None:
    assert shortest_gap(schedule) == timedelta(hours=hours)


def test_a_day_that_no_month_has_never_comes() -> None:
    assert shortest_gap("0 3 30 2 *") is None
    assert shortest_gap("0 3 31 4,6,9,11 *") is None


@pytest.mark.parametrize("schedule", ["7,52 1-5/2 * * 2,4", "0 0,23 1,15,31 * *", "59 23 31 12 *", "5 4 */10 * 3"])
def test_gap_as_a_clock_would_find_it(schedule: str) -> None:
    minutes, hours, days, months, weekdays = (numbers(field) for field in schedule.split(" "))
    # The oddity of cron: with both kinds of days restricted, either is enough; `*/10` counts as unrestricted.
    either = schedule.split(" ")[2][0] != "*" and schedule.split(" ")[4][0] != "*"
    at, fired, gaps = datetime(2024, 1, 1), datetime(1, 1, 1), []  # noqa: DTZ001 - cron knows no zones here
    while at.year < 2028:
        by_day = days is None or at.day in days
        by_week = weekdays is None or at.isoweekday() % 7 in weekdays
        if (
            (minutes is None or at.minute in minutes)
            and (hours is None or at.hour in hours)
            and (months is None or at.month in months)
            and ((by_day or by_week) if either else (by_day and by_week))
        ):
            gaps.append(at - fired)
            fired = at
        at += timedelta(minutes=1)
    assert shortest_gap(schedule) == min(gaps)


def numbers(field: str) -> set[int] | None:
    if field == "*":
        return None
    found = set[int]()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            found |= set(range(1, 32, int(step)))
        elif "-" in span:
            low, high = span.split("-")
            found |= set(range(int(low), int(high) + 1, int(step or 1)))
        else:
            found.add(int(span))
    return found
