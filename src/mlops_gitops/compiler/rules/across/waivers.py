"""Rules about waivers: not over, of something that can be waived, and with a day to compare with."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.compiler.rules.waivable import STRUCTURAL, waivable_codes
from mlops_gitops.compiler.suggest import NEARLY, unknown
from mlops_gitops.compiler.waivers import cannot_be_waived
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.policy import Waiver


def _waivers(repository: Repository) -> Iterator[tuple[int, Waiver]]:
    yield from enumerate(repository.platform.policy.waivers)


def not_over(repository: Repository) -> Iterator[Diagnostic]:
    """MG420."""
    for index, waiver in _waivers(repository):
        if repository.as_of is not None and repository.as_of > waiver.until:
            yield Diagnostic(
                "MG420",
                f"this waiver of {waiver.code} for `{waiver.project}` was over on {waiver.until.isoformat()}",
                repository.spans.value(("policy", "waivers", index, "until")),
                help=f"mend what it excused and drop it, or let {waiver.owner} agree with the platform team on a day",
                related=(f"the commit is of {repository.as_of.isoformat()}",),
            )


def of_judgement(repository: Repository) -> Iterator[Diagnostic]:
    """MG422."""
    known = waivable_codes()
    for index, waiver in _waivers(repository):
        span = repository.spans.value(("policy", "waivers", index, "code"))
        if waiver.code.startswith(STRUCTURAL):
            yield cannot_be_waived(waiver.code, span)
        elif waiver.code not in known:
            todo = "`mlops-gitops explain CODE` prints the page of a code"
            yield Diagnostic("MG411", unknown("code", waiver.code, known, cutoff=NEARLY), span, help=todo)


def has_a_day(repository: Repository) -> Iterator[Diagnostic]:
    """MG423."""
    if repository.platform.policy.waivers and repository.as_of is None:
        yield Diagnostic(
            "MG423",
            "there is no commit yet, so no waiver can be over: all of them hold",
            repository.spans.key(("policy", "waivers")),
            Severity.NOTE,
            help="commit; from then on the day of the commit counts",
        )
