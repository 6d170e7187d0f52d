"""Validate: compile everything and show what was found, writing nothing."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.compiler.driver import Compilation, compile_tree
from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.diagnostics import FindingsError, UsageError
from mlops_gitops.ports.source_tree import SourceTree


def compile_checked(tree: SourceTree, projects: Iterable[str] = ()) -> Compilation:
    """Compile, and raise ``FindingsError`` on errors or ``UsageError`` on a project that does not exist."""
    compilation = validate(tree, projects)
    if compilation.findings.errors:
        raise FindingsError(compilation.findings, compilation.texts, len(compilation.names))
    return compilation


def validate(tree: SourceTree, projects: Iterable[str] = ()) -> Compilation:
    """Compile; findings are in the result."""
    wanted = tuple(projects)
    compilation = compile_tree(tree, wanted)
    for name in wanted:
        if name not in compilation.names:
            close = did_you_mean(name, compilation.names)
            raise UsageError(
                f"no project `{name}`" + (f"; did you mean `{close}`?" if close else ""),
                todo=f"projects here: {', '.join(compilation.names) or 'none'}",
            )
    return compilation
