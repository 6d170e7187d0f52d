"""Loosened gates and who agreed to them: a trailer in a commit of the change names an approver of the policy.

``Approved-Gate: WHO``, alone or followed by a project and one of its gates, approves what it names.  A trailer is a
statement and no signature: who may merge is the repository's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlops_gitops.diagnostics import Diagnostic, Span
from mlops_gitops.plan.change import Change, Effect, ProjectPlan
from mlops_gitops.plan.gates import limit_path
from mlops_gitops.records.trailers import APPROVED_GATE, trailer_values
from mlops_gitops.spec.stages import StageName
from mlops_gitops.spec.testing import TestCategory

Place = Callable[[str, str, str], Span | None]
"""Where a key of a project was written, by the project's name, the key and an environment, or none for the project."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word; an empty project or gate stands for all."""

    who: str
    project: str = ""
    gate: str = ""

    def covers(self, plan: ProjectPlan, change: Change) -> bool:
        """Whether it approves this change of this project."""
        of_project = self.project in ("", plan.project, plan.former)
        return of_project and (not self.gate or f"{change.text} ".startswith(f"{self.gate} "))


def unapproved(
    plans: Iterable[ProjectPlan], messages: Iterable[str], approvers: Sequence[str], place: Place
) -> Iterator[Diagnostic]:
    """MG410: gates that get weaker without the word of an approver; ``messages`` are those of the change's commits.

    Where policy names no approver, nobody need agree.
    """
    if not approvers:
        return
    given = [value for message in messages for value in trailer_values(message, APPROVED_GATE)]
    approvals = [one for value in given if (one := _approval(value, approvers)) is not None]
    unknown = [value for value in given if _approval(value, approvers) is None]
    for plan in plans:
        for change in plan.changes:
            loosened = change.area == "gate" and change.effect is Effect.WEAKER
            if loosened and not any(one.covers(plan, change) for one in approvals):
                yield _finding(plan, change, approvers, unknown, place)


def _approval(value: str, approvers: Sequence[str]) -> Approval | None:
    """The trailer's value as an approval; nothing where it begins with no approver's name."""
    for who in sorted(approvers, key=len, reverse=True):
        rest = value[len(who) :]
        if value[: len(who)].casefold() == who.casefold() and rest[:1].strip() == "":
            project, _, gate = " ".join(rest.split()).partition(" ")
            return Approval(who, project, gate)
    return None


def _finding(
    plan: ProjectPlan, change: Change, approvers: Sequence[str], unknown: Sequence[str], place: Place
) -> Diagnostic:
    where = f" in {', '.join(change.environments)}" if change.environments else ""
    gate = _gate(change)
    note = f" ({change.note})" if change.note else ""
    said = f"; {unknown[0]!r} names none of them" if unknown else ""
    return Diagnostic(
        "MG410",
        f"{change.text}{note}{where} is weaker, and nobody whom policy names approved it: a commit of this change "
        f"needs the trailer `{APPROVED_GATE}: {approvers[0]} {plan.project} {gate}`",
        place(plan.project, _key(change), change.environments[0] if len(change.environments) == 1 else ""),
        file=f"projects/{plan.project}/mlops_config.yaml",
        help=f"who may approve: {', '.join(approvers)}{said}",
    )


def _gate(change: Change) -> str:
    """The gate's name: what stands before its numbers."""
    words = change.text.split(" ")
    one_word = _key(change) in ("testing.thresholds", "testing.categories", "monitoring.max_attack_success")
    return words[0] if one_word else " ".join(words[:2])


def _key(change: Change) -> str:
    """The key of the configuration that holds the gate, or the gate's section."""
    first = change.text.partition(" ")[0]
    if first in {stage.value for stage in StageName}:
        return "pipeline.stage_options"
    if path := limit_path(change.text):
        return path if path.count(".") == 1 else path.rpartition(".")[0]
    return "testing.categories" if first in {one.value for one in TestCategory} else "testing.thresholds"
