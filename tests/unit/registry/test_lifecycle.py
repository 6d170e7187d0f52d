"""The statuses of a version: the whole table, and what follows for the others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.registry.lifecycle import TABLE, Status, Step, Transition, transitions

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOLD = {"who": "A. Author", "when": NOW, "why": "it is time"}
LEGAL = """
    experimental promote   staging
    experimental archive   archived
    experimental deprecate deprecated
    staging      promote   production
    staging      demote    experimental
    staging      archive   archived
    staging      deprecate deprecated
    production   demote    staging
    archived     restore   staging
    archived     deprecate deprecated
    archived     roll_back production
    deprecated   restore   archived
"""


def test_the_table_is_this_one() -> None:
    wanted = {(Status(a), Step(b)): Status(c) for a, b, c in (line.split() for line in LEGAL.strip().splitlines())}
    assert wanted == TABLE


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("status", list(Status))
def test_every_step_from_every_status(status: Status, step: Step) -> None:
    if after := TABLE.get((status, step)):
        assert transitions(1, step, {1: status}, **TOLD)[-1] == Transition(1, step, status, after, **TOLD)
        return
    with pytest.raises(RefusedError) as refused:
        transitions(1, step, {1: status}, **TOLD)
    named = refused.value.todo.removeprefix("possible: ").split(", ")
    assert sorted(named) == sorted(other.value for other in Step if (status, other) in TABLE)


def test_every_status_can_be_left_and_reached() -> None:
    assert {status for status, _ in TABLE} == set(Status)
    assert set(TABLE.values()) == set(Status)


@pytest.mark.parametrize(("step", "before"), [(Step.PROMOTE, Status.STAGING), (Step.ROLL_BACK, Status.ARCHIVED)])
def test_who_comes_to_production_archives_who_was_there(step: Step, before: Status) -> None:
    statuses = {1: Status.ARCHIVED, 2: Status.PRODUCTION, 3: before}
    pushed, own = transitions(3, step, statuses, **TOLD)
    assert (pushed.version, pushed.before, pushed.after) == (2, Status.PRODUCTION, Status.ARCHIVED)
    assert "v3 took its place" in pushed.why
    assert (own.version, own.after, own.why) == (3, Status.PRODUCTION, "it is time")


def test_other_steps_push_nobody() -> None:
    assert len(transitions(2, Step.PROMOTE, {1: Status.PRODUCTION, 2: Status.EXPERIMENTAL}, **TOLD)) == 1


def test_an_unknown_version() -> None:
    with pytest.raises(RefusedError, match="no version 9") as refused:
        transitions(9, Step.PROMOTE, {2: Status.STAGING, 1: Status.ARCHIVED}, **TOLD)
    assert refused.value.why == "registered: v1, v2"
