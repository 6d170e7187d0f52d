"""Rules about lists that name things: each thing once."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity

# Lists that are sets; stages, metrics and variables have rules of their own.
_SETS: tuple[tuple[str, ...], ...] = (
    ("project", "owners"),
    ("pipeline", "runner_tags"),
    ("testing", "categories"),
    ("testing", "sensitive_attributes"),
    ("alerting", "channels"),
    ("governance", "approvers"),
)


def listed_once(subject: Subject) -> Iterator[Diagnostic]:
    """MG222."""
    for path in _SETS:
        yield from until_unknown(_repeats(subject, path))


def _repeats(subject: Subject, path: tuple[str, ...]) -> Iterator[Diagnostic]:
    section, field = path
    seen = set[str]()
    for index, item in known_items(getattr(getattr(subject.spec, section), field)):
        name = str(getattr(item, "value", item))
        if name in seen:
            span = subject.spans.value((*path, index))
            message = f"`{name}` is listed twice in {section}.{field}"
            yield Diagnostic("MG222", message, span, Severity.WARNING, help="keep one of them")
        seen.add(name)
