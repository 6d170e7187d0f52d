"""Whether a verdict is answered by a roll-back: one list of reasons against, read top to bottom; none means do it.

The list keeps the loop from spinning.  A remedy needs a former version that did better on the very same rows, is made
once for each verdict, only while the version it speaks of still serves, and never undoes a remedy: after an automatic
roll-back a person has the word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mlops_gitops.records.release import Release
from mlops_gitops.records.verdict import Outcome, Verdict, VerdictSeverity
from mlops_gitops.spec.monitoring import Remediation


class RemedyKind(Enum):
    """The remedies there are."""

    ROLL_BACK = "roll_back"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remedy:
    """The decision, why, and the version to go back to."""

    kind: RemedyKind
    reason: str
    to: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What git says at HEAD: the release in force, and whether this very verdict was answered before."""

    release: Release | None
    answered: bool


def decide(verdict: Verdict, policy: Remediation, situation: Situation) -> Remedy:
    """The remedy for a verdict."""
    for objection in _OBJECTIONS:
        if reason := objection(verdict, policy, situation):
            return Remedy(RemedyKind.NONE, reason)
    former = verdict.former
    assert former is not None, "an objection is raised where there is no comparison"
    return Remedy(
        RemedyKind.ROLL_BACK,
        f"{verdict.severity.value} severity in {verdict.environment}: v{former.version} does better than"
        f" v{verdict.model_version} on the same rows ({former.metric} {former.former:.3f} against {former.current:.3f},"
        f" p = {former.p_value:.2g}); the policy for {verdict.severity.value} is to roll back",
        to=former.version,
    )


def _policy_for(verdict: Verdict, policy: Remediation) -> str:
    chosen = {
        VerdictSeverity.HIGH: policy.high,
        VerdictSeverity.MEDIUM: policy.medium,
        VerdictSeverity.LOW: policy.low,
        VerdictSeverity.NONE: "none",
    }
    return chosen[verdict.severity]


def _not_failed(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    return "" if verdict.outcome is Outcome.FAILED else f"the verdict is {verdict.outcome.value}"


def _not_in_policy(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    if _policy_for(verdict, policy) == "roll_back":
        return ""
    return f"the policy for {verdict.severity.value} severity is to do nothing by itself"


def _answered(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    return "this verdict was answered before" if situation.answered else ""


def _not_serving(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    release = situation.release
    if release is None:
        return f"nothing is released to {verdict.environment}"
    if release.model.digest != verdict.model_digest:
        return f"the verdict is about v{verdict.model_version}, but v{release.model.version} serves now"
    return ""


def _put_back(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    release = situation.release
    if release is None or release.evidence is None:
        return ""
    return f"v{release.model.version} was put back by a remedy itself; a person decides what comes next"


def _nothing_before(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    if situation.release is None or situation.release.previous is None:
        return f"v{verdict.model_version} is the first version in {verdict.environment}"
    return ""


def _not_compared(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    previous = situation.release.previous if situation.release else None
    if verdict.former is None or previous is None or verdict.former.version != previous.version:
        return "the version before was not compared on the same rows"
    return ""


def _not_better(verdict: Verdict, policy: Remediation, situation: Situation) -> str:
    former = verdict.former
    if former is None or former.former_is_better:
        return ""
    return f"v{former.version} does no better on the same rows ({former.metric} {former.former:.3f})"


_Objection = Callable[[Verdict, Remediation, Situation], str]
_OBJECTIONS: tuple[_Objection, ...] = (
    _not_failed,
    _not_in_policy,
    _answered,
    _not_serving,
    _put_back,
    _nothing_before,
    _not_compared,
    _not_better,
)
