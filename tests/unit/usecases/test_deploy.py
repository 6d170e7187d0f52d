"""Deploying from a pipeline: one release commit, then the roll-out, and never back to what was rejected."""

from __future__ import annotations

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.repository import Author
from mlops_gitops.records.canonical import canonical_json
from mlops_gitops.usecases import deploy
from mlops_gitops.usecases.deploy import ReleaseDeployer, RollOut
from mlops_gitops.usecases.rollback import RollBackOrder, rollback

BOT = Author("release-bot", "bot@localhost")


class Project:
    """Of the project, only its name and the canary steps of its environments are looked at; here it has none."""

    name = "fraud"

    @staticmethod
    def environment(name):
        return None


@pytest.fixture
def deployer(platform, monkeypatch):
    monkeypatch.setattr(deploy, "rendered_differences", platform.render)
    monkeypatch.setattr(deploy, "release_yaml", platform.dump)
    asked = []

    def roll_out(project, environment):
        asked.append((project, environment, platform.serving(environment).model.version))
        return answers.pop(0) if answers else RollOut(True, "http://127.0.0.1:1")

    answers = []
    made = ReleaseDeployer(platform.repository, BOT, roll_out)
    return made, asked, answers


def test_the_commit_comes_first(platform, deployer):
    made, asked, _ = deployer
    deployed = made.deploy(Project, "staging", platform.model(1))
    assert asked == [("fraud", "staging", 1)]
    assert (deployed.commit, deployed.url, deployed.healthy) == (platform.repository.head(), "http://127.0.0.1:1", True)


def test_what_does_not_get_healthy_is_said(platform, deployer):
    made, _, answers = deployer
    answers.append(RollOut(False, "", "Deployment/fraud-serving: crashes"))
    deployed = made.deploy(Project, "staging", platform.model(1))
    assert (deployed.healthy, deployed.why) == (False, "Deployment/fraud-serving: crashes")


def test_twice_is_one_commit_and_two_roll_outs(platform, deployer):
    made, asked, _ = deployer
    first = made.deploy(Project, "staging", platform.model(1))
    before = platform.count()
    assert made.deploy(Project, "staging", platform.model(1)) == first
    assert (platform.count(), len(asked)) == (before, 2)


def test_what_a_remedy_took_away_is_not_brought_back(platform, deployer):
    made, asked, _ = deployer
    made.deploy(Project, "staging", platform.model(1))
    made.deploy(Project, "staging", platform.model(2))
    evidence = canonical_json(platform.verdict(2, 1).to_plain())
    order = RollBackOrder("fraud", "staging", evidence=evidence, replaces=platform.model(2).digest)
    rollback(platform.repository, platform.render, platform.dump, order, BOT)
    before = platform.count()
    with pytest.raises(RefusedError, match="v2 was rolled back from staging on evidence") as raised:
        made.deploy(Project, "staging", platform.model(2))
    assert "mlops-gitops model promote fraud 2 --environment staging" in raised.value.todo
    assert (platform.count(), len(asked)) == (before, 2)
    assert made.deploy(Project, "staging", platform.model(3)).healthy
    # A person's roll-back names no evidence: the pipeline may deploy again.
    rollback(platform.repository, platform.render, platform.dump, RollBackOrder("fraud", "staging", 1), BOT)
    assert made.deploy(Project, "staging", platform.model(3)).healthy
