"""A canary in a real repository: each step a commit, back at once, and never over a version that was not relied on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.usecases.canary import next_share, refuse_early
from mlops_gitops.usecases.release import Action, ReleaseOutcome, release
from mlops_gitops.usecases.rollback import RollBackOrder, rollback

STEPS = (10, 50)


def order(platform: Any, version: int, action: Action = Action.PROMOTE) -> ReleaseOutcome:
    wanted = replace(platform.order(version), action=action, steps=STEPS)
    return release(platform.repository, platform.render, platform.dump, wanted, platform.person)


def back(platform: Any) -> ReleaseOutcome:
    wanted = RollBackOrder("fraud", "staging", steps=STEPS)
    return rollback(platform.repository, platform.render, platform.dump, wanted, platform.person)


def state(platform: Any) -> tuple[int, int | None, int | None]:
    """The version in force, its share, and the version that has the rest."""
    found = platform.serving()
    return found.model.version, found.canary, found.former.version if found.former else None


def test_the_first_version_has_all_traffic(platform: Any) -> None:
    order(platform, 1)
    assert state(platform) == (1, None, None)


def test_each_promotion_is_a_step(platform: Any) -> None:
    order(platform, 1)
    seen = []
    for _ in range(4):
        assert order(platform, 2).made
        seen.append(state(platform))
    assert seen == [(2, 10, 1), (2, 50, 1), (2, 100, 1), (2, None, None)]
    assert platform.serving().previous.version == 1
    assert not order(platform, 2).made, "it is alone: nothing is left to do"


def test_the_commit_says_who_gets_what(platform: Any) -> None:
    order(platform, 1)
    outcome = order(platform, 2)
    assert outcome.message.startswith("fraud v2 released to staging with 10 % of the traffic by commit ")
    assert "It gets 10 % of the traffic; v1 serves the rest." in platform.repository.commit(outcome.commit).message


def test_a_pipeline_that_runs_again_takes_no_step(platform: Any) -> None:
    order(platform, 1)
    order(platform, 2)
    assert not order(platform, 2, Action.DEPLOY).made
    assert state(platform) == (2, 10, 1)


def test_a_roll_back_gives_all_traffic_to_the_version_that_still_runs(platform: Any) -> None:
    order(platform, 1)
    order(platform, 2)
    back(platform)
    assert state(platform) == (1, 100, 2)
    order(platform, 1)
    assert state(platform) == (1, None, None)


def test_another_version_replaces_the_one_on_trial_not_the_one_relied_on(platform: Any) -> None:
    order(platform, 1)
    order(platform, 2)
    order(platform, 3)
    assert state(platform) == (3, 10, 1)


@pytest.mark.parametrize(("share", "after"), [(10, 50), (50, 100), (100, None), (30, 50), (99, 100)])
def test_steps_that_changed_meanwhile(share: int, after: int | None) -> None:
    assert next_share(share, STEPS) == after


def test_a_step_lasts_as_long_as_the_project_says(platform: Any) -> None:
    order(platform, 1)
    order(platform, 2)
    since, interval = datetime(2026, 3, 1, 12, tzinfo=UTC), timedelta(minutes=10)
    refuse_early(platform.serving(), since, since + interval, interval)
    with pytest.raises(RefusedError, match="v2 has had 10 % of the traffic for too short") as error:
        refuse_early(platform.serving(), since, since + interval / 2, interval)
    assert "2026-03-01 12:10 UTC" in (error.value.why or "")
