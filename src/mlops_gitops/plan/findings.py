"""The compiler's findings compared: which are new with the change, and which it mends.

A finding is known by its code, its file and its words, not by its line: a line added above it makes no new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.plan.change import Finding

Found = tuple[tuple[Finding, ...], tuple[Finding, ...]]


def compare(before: Iterable[Diagnostic], after: Iterable[Diagnostic], renamed: Mapping[str, str]) -> Found:
    """New and fixed findings; ``renamed`` gives the former name of a project by its new one."""
    old, new = tuple(before), tuple(after)
    return _beyond(new, old, renamed), _beyond(old, new, {former: name for name, former in renamed.items()})


def _beyond(
    these: tuple[Diagnostic, ...], those: Iterable[Diagnostic], renamed: Mapping[str, str]
) -> tuple[Finding, ...]:
    known = Counter(_key(one, {}) for one in those)
    found = []
    for one in these:
        key = _key(one, renamed)
        if known[key]:
            known[key] -= 1
        else:
            found.append(Finding(one.code, one.where, one.message, one.severity.value))
    return tuple(found)


def _key(one: Diagnostic, renamed: Mapping[str, str]) -> tuple[str, str, str]:
    file = one.span.file if one.span else one.file or ""
    for name, former in renamed.items():
        file = file.replace(f"projects/{name}/", f"projects/{former}/")
    return one.code, file, one.message
