"""Rolling back by version, by commit, and to the version before."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.records.trailers import Trailer, parse_trailers
from mlops_gitops.usecases.release import ReleaseOutcome
from mlops_gitops.usecases.rollback import RollBackOrder, rollback


def back(platform: Any, to: int | str | None = None, environment: str = "staging") -> ReleaseOutcome:
    order = RollBackOrder("fraud", environment, to, reason="It went wrong.")
    return rollback(platform.repository, platform.render, platform.dump, order, platform.person)


def test_the_version_before_serves_again_with_the_bytes_it_had(platform: Any) -> None:
    platform.deploy(1)
    then = platform.repository.tree("HEAD").read("rendered/fraud/staging/serving/config.yaml")
    platform.deploy(2)
    outcome = back(platform)
    assert (outcome.made, platform.serving().model, platform.serving().previous) == (
        True,
        platform.model(1),
        platform.model(2),
    )
    assert platform.repository.tree("HEAD").read("rendered/fraud/staging/serving/config.yaml") == then
    message = platform.repository.commit("HEAD").message
    assert message.startswith("Roll fraud in staging back to v1\n\nIt went wrong.")
    assert parse_trailers(message)[Trailer.ACTION] == "rollback"
    assert parse_trailers(message)[Trailer.PREVIOUS] == "2"


def test_one_more_step_back_is_refused_but_can_be_named(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    back(platform)
    with pytest.raises(RefusedError, match="itself brought back") as refused:
        back(platform)
    assert "--to" in refused.value.todo
    assert back(platform, 2).made
    assert platform.serving().model.version == 2


def test_by_version_however_long_ago(platform: Any) -> None:
    for version in (1, 2, 3):
        platform.deploy(version)
    back(platform, 1)
    assert (platform.serving().model, platform.serving().previous) == (platform.model(1), platform.model(3))
    again = back(platform, 1)
    assert not again.made


def test_by_commit(platform: Any) -> None:
    first = platform.deploy(1)
    platform.deploy(2)
    platform.deploy(3)
    back(platform, first.commit[:10])
    assert platform.serving().model.version == 1
    back(platform, "HEAD~2")
    assert platform.serving().model.version == 2


def test_an_unreadable_state_in_the_history_is_passed_over(platform: Any) -> None:
    platform.deploy(1)
    platform.write("projects/fraud/releases/staging.yaml", "broken\n")
    platform.commit_all("By hand")
    platform.git("revert", "--no-edit", "HEAD")
    platform.deploy(2)
    back(platform, 1)
    assert platform.serving().model == platform.model(1)


def test_where_there_is_no_way_back(platform: Any) -> None:
    with pytest.raises(UsageError, match="nothing is released"):
        back(platform)
    start = platform.repository.head()
    platform.deploy(1)
    with pytest.raises(UsageError, match="first version"):
        back(platform)
    with pytest.raises(UsageError, match="v7 never served") as unknown:
        back(platform, 7)
    assert "v1" in unknown.value.why
    with pytest.raises(UsageError, match="nothing was released to staging at"):
        back(platform, start)
    with pytest.raises(UsageError, match="no commit is called"):
        back(platform, "nowhere")
