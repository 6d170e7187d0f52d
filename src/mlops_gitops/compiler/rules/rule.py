"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic


class Rule(NamedTuple):
    """A code, what it watches in one line, and the function that finds violations."""

    code: str
    title: str
    check: Callable[[Subject], Iterator[Diagnostic]]
