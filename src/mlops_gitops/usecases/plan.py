"""Plan: compile two trees, and say what the step from one to the other means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.compiler.inputs import PROJECTS
from mlops_gitops.diagnostics import Findings, OutsideError
from mlops_gitops.plan.change import Plan
from mlops_gitops.plan.compare import compare
from mlops_gitops.ports.dry_run import DryRun
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.committed import committed_files
from mlops_gitops.usecases.plan_live import ask
from mlops_gitops.usecases.validate import compile_checked

_EMPTY = Compilation(None, (), {}, Findings(), {}, ())


def plan(
    base: SourceTree, head: SourceTree, names: tuple[str, str], clusters: Mapping[str, DryRun] | None = None
) -> Plan:
    """``names`` are how base and head are called; ``clusters``, by environment, are asked for a dry run of the head.

    Raises ``FindingsError`` where the head does not compile, ``OutsideError`` where the base's platform is unreadable.
    """
    after = compile_checked(head, by_policy=False)
    result = compare(_before(base, names[0]), after, names, committed_files(base))
    return result if clusters is None else replace(result, live=ask(after.files, clusters))


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
