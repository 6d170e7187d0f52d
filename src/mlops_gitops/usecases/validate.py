"""Validate: compile everything and show what was found, writing nothing."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import CHECKS, PASSES, Passes, compile_tree
from mlops_gitops.diagnostics import FindingsError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.project_names import known_names


def compile_checked(tree: SourceTree, projects: Iterable[str] = (), *, by_policy: bool = True) -> Compilation:
    """Compile, and raise ``FindingsError`` on errors or ``UsageError`` on a project that does not exist.

    ``by_policy`` is false where what is committed already is acted on: a waiver that is over since must not keep a
    roll-back from happening.
    """
    compilation = _compiled(tree, tuple(projects), PASSES)
    if compilation.findings.errors if by_policy else compilation.findings.faults:
        raise FindingsError(compilation.findings, compilation.texts, len(compilation.names))
    return compilation


def validate(tree: SourceTree, projects: Iterable[str] = ()) -> Compilation:
    """Look for all that is wrong; findings are in the result.

    Nothing is written, and what one named project renders to is not even made: nothing is found there.
    """
    wanted = tuple(projects)
    return _compiled(tree, wanted, CHECKS if wanted else PASSES[:-1])


def _compiled(tree: SourceTree, wanted: tuple[str, ...], passes: Passes) -> Compilation:
    compilation = compile_tree(tree, wanted, passes)
    known_names(wanted, compilation.names)
    return compilation
