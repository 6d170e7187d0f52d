"""Rules across projects: each one pure function over the summaries of them all.  This list is all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mlops_gitops.compiler.rules.across import codeowners, names
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class AcrossRule:
    """A code, what it watches in one line, and the function that finds violations."""

    code: str
    title: str
    check: Callable[[Repository], Iterator[Diagnostic]]


ACROSS_RULES: tuple[AcrossRule, ...] = (
    AcrossRule("MG272", "there is one CODEOWNERS", codeowners.the_only_one),
    AcrossRule("MG280", "no two projects have the same name to a reader, or render the same object", names.distinct),
)
