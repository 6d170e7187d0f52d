"""Plan: compile two trees, and say what the step from one to the other means."""

from __future__ import annotations

from mlops_gitops.diagnostics import FindingsError, OutsideError
from mlops_gitops.plan.change import Plan
from mlops_gitops.plan.compare import compare
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.validate import compile_checked


def plan(base: SourceTree, head: SourceTree, names: tuple[str, str]) -> Plan:
    """``names`` are how base and head are called.  Raises where either side does not compile."""
    after = compile_checked(head)
    try:
        before = compile_checked(base)
    except FindingsError as error:
        first = error.findings.errors[0]
        raise OutsideError(
            f"the base {names[0]} does not compile, so there is nothing to compare with",
            where=first.where,
            why=first.message,
            todo="name another base with --base REV",
        ) from error
    return compare(before, after, *names)
