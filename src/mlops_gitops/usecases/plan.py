"""Plan: compile two trees, and say what the step from one to the other means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.compiler.inputs import PROJECTS
from mlops_gitops.diagnostics import Findings, OutsideError, Span
from mlops_gitops.plan.approvals import unapproved
from mlops_gitops.plan.change import Finding, Plan
from mlops_gitops.plan.compare import compare
from mlops_gitops.ports.dry_run import DryRun
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.committed import committed_files
from mlops_gitops.usecases.plan_live import ask
from mlops_gitops.usecases.validate import compile_checked

_EMPTY = Compilation(None, (), {}, Findings(), {}, ())


def plan(
    base: SourceTree,
    head: SourceTree,
    names: tuple[str, str],
    clusters: Mapping[str, DryRun] | None = None,
    messages: Iterable[str] = (),
) -> Plan:
    """``names`` are how base and head are called; ``clusters``, by environment, are asked for a dry run of the head.

    ``messages`` are those of the commits between the two: an approver's trailer may stand in one of them.

    Raises ``FindingsError`` where the head does not compile, ``OutsideError`` where the base's platform is unreadable.
    """
    after = compile_checked(head, by_policy=False)
    before = _before(base, names[0])
    result = compare(before, after, names, committed_files(base))
    result = replace(result, new_findings=(*_unapproved(result, before, after, messages), *result.new_findings))
    return result if clusters is None else replace(result, live=ask(after.files, clusters))


def _unapproved(result: Plan, before: Compilation, after: Compilation, messages: Iterable[str]) -> Iterator[Finding]:
    """Loosened gates that nobody approved.  The base's policy counts: no change approves itself by editing it."""
    summaries = {summary.name: summary for summary in after.summaries}

    def place(project: str, key: str, environment: str) -> Span | None:
        return summaries[project].span(key, environment) if project in summaries else None

    for one in unapproved(result.projects, messages, _approvers(before) or _approvers(after), place):
        yield Finding(one.code, one.where, f"{one.message}; {one.help}", one.severity.value)


def _approvers(side: Compilation) -> tuple[str, ...]:
    return side.platform.policy.gate_approvers if side.platform else ()


def _before(base: SourceTree, name: str) -> Compilation:
    """What the base compiles to.  A project of it that does not compile is compared with nothing, and said so."""
    if not list(base.files(PROJECTS)):  # The first change of all is compared with nothing.
        return _EMPTY
    before = compile_tree(base)
    if before.platform is None:
        first = before.findings.errors[0]
        raise OutsideError(
            f"the base {name} has no platform that could be read, so there is nothing to compare with",
            where=f"{name}:{first.where}",
            why=first.message,
            todo="name another base with --base REV",
        )
    return before
