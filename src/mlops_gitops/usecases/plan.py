"""Plan: compile two trees, and say what the step from one to the other means."""

from __future__ import annotations

from mlops_gitops.compiler.driver import Compilation
from mlops_gitops.compiler.inputs import PROJECTS
from mlops_gitops.diagnostics import Findings, FindingsError, OutsideError
from mlops_gitops.plan.change import Plan
from mlops_gitops.plan.compare import compare
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.committed import committed_files
from mlops_gitops.usecases.validate import compile_checked

_EMPTY = Compilation(None, (), {}, Findings(), {}, ())


def plan(base: SourceTree, head: SourceTree, names: tuple[str, str]) -> Plan:
    """``names`` are how base and head are called.

    Raises ``FindingsError`` where the head does not compile and ``OutsideError`` where the base does not.
    """
    after = compile_checked(head)
    return compare(_before(base, names[0]), after, names, committed_files(base))


def _before(base: SourceTree, name: str) -> Compilation:
    if not list(base.files(PROJECTS)):  # The first change of all is compared with nothing.
        return _EMPTY
    try:
        return compile_checked(base)
    except FindingsError as error:
        first = error.findings.errors[0]
        raise OutsideError(
            f"the base {name} does not compile, so there is nothing to compare with",
            where=f"{name}:{first.where}",
            why=first.message,
            todo="name another base with --base REV",
        ) from error
