"""Waivers: a project is excused from a finding, for a reason, by somebody, until a day.

What may be excused is a matter of judgement: what policy (MG4xx) asks for, and any warning.  What is wrong in itself
stays wrong.  The day is compared with that of the commit that is looked at, never with a clock, so that a commit means
the same on every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from mlops_gitops.compiler.spans import SpanMap
from mlops_gitops.diagnostics import Diagnostic, Severity, Span
from mlops_gitops.spec.policy import Policy, Waiver

_OF_SECRETS = "MG45"


class Excuse(NamedTuple):
    """A waiver that holds, and where it stands."""

    waiver: Waiver
    span: Span


def in_force(policy: Policy, spans: SpanMap, as_of: date | None) -> tuple[Excuse, ...]:
    """The waivers that hold on a day; all of them where there is no day to compare with."""
    return tuple(
        Excuse(waiver, span)
        for index, waiver in enumerate(policy.waivers)
        if (as_of is None or as_of <= waiver.until) and (span := spans.value(("policy", "waivers", index, "code")))
    )


def excused(
    found: Iterable[Diagnostic], excuses: tuple[Excuse, ...] | None, environments: tuple[str, ...] = ()
) -> Iterator[Diagnostic]:
    """The findings, those that a waiver excuses as notes.  ``environments`` are all that they are about, if any.

    Where nobody knows who is excused, only what no waiver could excuse is told.
    """
    if excuses is None:
        yield from (problem for problem in found if problem.is_fault)
        return
    for problem in found:
        excuse = next((one for one in excuses if _matches(one.waiver, problem, environments)), None)
        if excuse is None:
            yield problem
        elif problem.is_fault:
            yield problem
            yield cannot_be_waived(problem.code, excuse.span)
        else:
            yield _as_note(problem, excuse)


def _matches(waiver: Waiver, problem: Diagnostic, environments: tuple[str, ...]) -> bool:
    return waiver.code == problem.code and (waiver.environment is None or environments == (waiver.environment,))


def _as_note(problem: Diagnostic, excuse: Excuse) -> Diagnostic:
    waiver = excuse.waiver
    told = f"waived until {waiver.until.isoformat()} by {waiver.owner}: {waiver.reason} ({excuse.span})"
    return problem._replace(
        severity=Severity.NOTE, related=(*problem.related, told), help=None, label=None, waiver=excuse.span
    )


def cannot_be_waived(code: str, span: Span | None) -> Diagnostic:
    """MG422: only policy and warnings are a matter of judgement."""
    if code.startswith(_OF_SECRETS):
        message = f"{code} cannot be waived: whoever reads the repository reads the secret, until whatever day"
        todo = "drop the waiver; if it is no secret, say so on its line (docs/secrets.md)"
        return Diagnostic("MG422", message, span, help=todo)
    return Diagnostic(
        "MG422",
        f"{code} cannot be waived: it is no matter of policy, something would not work",
        span,
        help="mend what the finding says, and drop the waiver; waivers are for policy (MG4xx) and for warnings",
    )


def left_over(found: Iterable[Diagnostic], excuses: tuple[Excuse, ...]) -> Iterator[Diagnostic]:
    """MG421: waivers of a project that excuse nothing of what was found in all of it."""
    used = {problem.span if problem.code == "MG422" else problem.waiver for problem in found}
    for excuse in excuses:
        if excuse.span not in used:
            waiver = excuse.waiver
            where = f" in {waiver.environment}" if waiver.environment else ""
            yield Diagnostic(
                "MG421",
                f"nothing is found that this waiver excuses: no {waiver.code} in `{waiver.project}`{where}",
                excuse.span,
                Severity.WARNING,
                help="drop it: what it excused is mended, or it never was there",
            )
