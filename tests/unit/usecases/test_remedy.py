"""From a verdict to the bot's commit, once, and never round in circles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.records.canonical import canonical_json, digest_bytes
from mlops_gitops.records.release import evidence_path
from mlops_gitops.records.trailers import Trailer, parse_trailers
from mlops_gitops.records.verdict import Outcome, Verdict, VerdictSeverity
from mlops_gitops.remediation.decide import RemedyKind
from mlops_gitops.spec.monitoring import Remediation
from mlops_gitops.usecases.remedy import RemedyOutcome, remedy


def answer(platform: Any, verdict: Verdict, policy: Remediation | None = None) -> RemedyOutcome:
    return remedy(platform.repository, platform.render, platform.dump, verdict, policy or Remediation(), platform.bot)


def test_a_high_regression_is_rolled_back_by_the_bot_with_its_evidence(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    verdict = platform.verdict(2, former=1)
    outcome = answer(platform, verdict)
    evidence = canonical_json(verdict.to_plain())
    assert outcome.remedy.kind is RemedyKind.ROLL_BACK
    assert outcome.evidence == digest_bytes(evidence)
    assert outcome.released is not None
    assert outcome.released.made
    commit = platform.repository.commit(outcome.released.commit)
    assert commit.author == platform.bot
    trailers = parse_trailers(commit.message)
    assert (trailers[Trailer.ACTION], trailers[Trailer.SEVERITY]) == ("rollback", "high")
    assert trailers[Trailer.EVIDENCE] == platform.serving().evidence == outcome.evidence
    committed = platform.repository.tree("HEAD").read(evidence_path("fraud", outcome.evidence))
    assert committed == evidence
    assert Verdict.from_plain(json.loads(committed)) == verdict
    assert platform.serving().model == platform.model(1)


def test_the_same_verdict_again_does_nothing(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    verdict = platform.verdict(2, former=1)
    answer(platform, verdict)
    again = answer(platform, verdict)
    assert (again.remedy.kind, again.released) == (RemedyKind.NONE, None)
    assert "answered before" in again.remedy.reason
    assert platform.count() == 4


def test_not_even_after_a_person_released_the_version_again(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    verdict = platform.verdict(2, former=1)
    answer(platform, verdict)
    platform.deploy(2)
    assert "answered before" in answer(platform, verdict).remedy.reason
    fresh = replace(verdict, rows=verdict.rows + 1)
    assert answer(platform, fresh).remedy.kind is RemedyKind.ROLL_BACK


def test_the_bots_commit_never_brings_the_rejected_version_back(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    answer(platform, platform.verdict(2, former=1))
    outcome = answer(platform, platform.verdict(1, former=2))
    assert outcome.remedy.kind is RemedyKind.NONE
    assert "put back by a remedy" in outcome.remedy.reason
    assert platform.serving().model.version == 1


def test_no_commit_without_a_reason_for_one(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    count, verdict = platform.count(), platform.verdict(2, former=1)
    for other, policy in (
        (replace(verdict, outcome=Outcome.WARNING), None),
        (replace(verdict, severity=VerdictSeverity.MEDIUM), None),
        (verdict, Remediation(high="none")),
        (replace(verdict, former=None), None),
        (replace(verdict, environment="production"), None),
    ):
        outcome = answer(platform, other, policy)
        assert outcome.remedy.kind is RemedyKind.NONE
        assert outcome.remedy.reason
    assert platform.count() == count


def test_a_release_while_the_remedy_renders_stops_it(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    done: list[int] = []

    def slow_render(tree: Any) -> Any:
        if not done:
            done.append(3)
            platform.deploy(3)
        return platform.render(tree)

    with pytest.raises(RefusedError, match="v3 serves in staging now"):
        remedy(platform.repository, slow_render, platform.dump, platform.verdict(2, 1), Remediation(), platform.bot)
    assert platform.serving().model.version == 3
