"""The remedy's decision as a table: one situation that leads to a roll-back, and each way of leaving it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.release import Release, ReleasedModel
from mlops_gitops.records.verdict import FormerComparison, Outcome, Verdict, VerdictSeverity
from mlops_gitops.remediation.decide import Remedy, RemedyKind, Situation, decide
from mlops_gitops.spec.monitoring import Remediation


def model(version: int) -> ReleasedModel:
    anything = digest_of("anything")
    return ReleasedModel(
        version=version,
        digest=digest_of(version),
        data_digest="md5:0",
        code_digest=anything,
        environment_digest=anything,
        config_digest=anything,
        run="run-1",
        trained_at_commit="1" * 40,
    )


RELEASE = Release(project="fraud", environment="staging", model=model(2), previous=model(1))
FORMER = FormerComparison(1, "recall", current=0.84, former=0.91, p_value=0.0004, former_is_better=True)
VERDICT = Verdict(
    project="fraud",
    environment="staging",
    model_version=2,
    model_digest=digest_of(2),
    outcome=Outcome.FAILED,
    severity=VerdictSeverity.HIGH,
    rows=5000,
    labelled_rows=4000,
    metrics=(),
    columns=(),
    former=FORMER,
)
HERE = Situation(RELEASE, answered=False)


def test_a_high_regression_with_a_better_former_version_is_rolled_back() -> None:
    remedy = decide(VERDICT, Remediation(), HERE)
    assert (remedy.kind, remedy.to) == (RemedyKind.ROLL_BACK, 1)
    for word in ("high", "v1", "v2", "recall 0.910 against 0.840", "p = 0.0004"):
        assert word in remedy.reason


@pytest.mark.parametrize(
    ("verdict", "policy", "situation", "reason"),
    [
        (replace(VERDICT, outcome=Outcome.PASSED), Remediation(), HERE, "PASSED"),
        (replace(VERDICT, outcome=Outcome.WARNING), Remediation(), HERE, "WARNING"),
        (replace(VERDICT, outcome=Outcome.NOT_ENOUGH_DATA), Remediation(), HERE, "NOT ENOUGH DATA"),
        (VERDICT, Remediation(high="none"), HERE, "policy for high"),
        (replace(VERDICT, severity=VerdictSeverity.MEDIUM), Remediation(), HERE, "policy for medium"),
        (replace(VERDICT, severity=VerdictSeverity.LOW), Remediation(), HERE, "policy for low"),
        (replace(VERDICT, severity=VerdictSeverity.NONE), Remediation(), HERE, "policy for none"),
        (VERDICT, Remediation(), Situation(RELEASE, answered=True), "answered before"),
        (VERDICT, Remediation(), Situation(None, answered=False), "nothing is released"),
        (replace(VERDICT, model_digest=digest_of(9)), Remediation(), HERE, "v2 serves now"),
        (
            VERDICT,
            Remediation(),
            Situation(RELEASE.model_copy(update={"evidence": digest_of("e")}), answered=False),
            "put back by a remedy",
        ),
        (
            VERDICT,
            Remediation(),
            Situation(RELEASE.model_copy(update={"previous": None}), answered=False),
            "first version",
        ),
        (replace(VERDICT, former=None), Remediation(), HERE, "not compared"),
        (replace(VERDICT, former=replace(FORMER, version=7)), Remediation(), HERE, "not compared"),
        (replace(VERDICT, former=replace(FORMER, former_is_better=False)), Remediation(), HERE, "does no better"),
    ],
)
def test_each_objection(verdict: Verdict, policy: Remediation, situation: Situation, reason: str) -> None:
    remedy = decide(verdict, policy, situation)
    assert remedy == Remedy(RemedyKind.NONE, remedy.reason, to=None)
    assert reason in remedy.reason
