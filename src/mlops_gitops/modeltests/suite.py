"""Running a suite: cases one after the other, until a critical one does not pass; the rest is skipped and says so.

How a case is carried out is the caller's: this module only decides what runs, what does not, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from mlops_gitops.modeltests.cases import Case, in_order


class CaseStatus(Enum):
    """How a case ended. ``NOT_RUN``: there was nothing to test, which is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Finding:
    """What carrying out a case gave: numbers, intervals of some, plain details, and why it could not be run if so."""

    metrics: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    not_run: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case's end; ``failures`` are the gates it missed, as text."""

    case: Case
    status: CaseStatus
    finding: Finding
    duration_s: float = 0.0
    failures: tuple[str, ...] = ()
    reason: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain = asdict(self)
        plain["case"]["category"] = self.case.category.value
        return {**plain, "status": self.status.value}


def run_suite(
    cases: Sequence[Case],
    execute: Callable[[Case], tuple[Finding, float]],
    failures_of: Callable[[Case, Finding], tuple[str, ...]],
) -> tuple[CaseResult, ...]:
    """Carry out ``cases`` in dependency order; ``execute`` gives a finding and its seconds, ``failures_of`` judges it.

    A case whose dependency did not pass is skipped, and so is everything after a critical case that failed.
    """
    results: dict[str, CaseResult] = {}
    stopped_by = ""
    for case in in_order(cases):
        reason = f"{stopped_by} is critical and did not pass" if stopped_by else _blocked(case, results)
        if reason:
            results[case.id] = CaseResult(case, CaseStatus.SKIPPED, Finding(), reason=reason)
            continue
        finding, duration_s = execute(case)
        results[case.id] = result = _judge(case, finding, duration_s, failures_of)
        if case.critical and result.status in (CaseStatus.FAILED, CaseStatus.ERROR):
            stopped_by = case.id
    return tuple(results.values())


def _blocked(case: Case, results: dict[str, CaseResult]) -> str:
    for name in case.dependencies:
        if name in results and results[name].status is not CaseStatus.PASSED:
            return f"it depends on {name}, which is {results[name].status.value}"
    return ""


def _judge(
    case: Case, finding: Finding, duration_s: float, failures_of: Callable[[Case, Finding], tuple[str, ...]]
) -> CaseResult:
    if finding.error:
        return CaseResult(case, CaseStatus.ERROR, finding, duration_s, reason=finding.error)
    if finding.not_run:
        return CaseResult(case, CaseStatus.NOT_RUN, finding, duration_s, reason=finding.not_run)
    failures = failures_of(case, finding)
    status = CaseStatus.FAILED if failures else CaseStatus.PASSED
    return CaseResult(case, status, finding, duration_s, failures, reason="   ".join(failures))
