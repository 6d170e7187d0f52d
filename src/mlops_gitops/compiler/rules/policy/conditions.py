"""What policy forbids and requires by key: any key of the language, whether a project writes it or leaves it."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.policy.effective import ABSENT, NO_KEY, dotted_keys, effective, is_same, shown
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.unknowns import PartlyKnownItems, known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.policy import Condition


def nothing_forbidden(subject: Subject) -> Iterator[Diagnostic]:
    """MG401."""
    for index, condition in enumerate(subject.platform.policy.forbid):
        yield from until_unknown(_forbidden(subject, condition, index))


def _forbidden(subject: Subject, condition: Condition, index: int) -> Iterator[Diagnostic]:
    if not _concerns(condition, subject):
        return
    keys = dotted_keys(condition.path)
    if not condition.values:
        if subject.wrote(*keys):
            what = f"`{condition.path}` must not be written"
            yield _finding(subject, condition, "MG401", what, keys, ("forbid", index))
        return
    for path, value in _values(subject, keys):
        if any(is_same(value, wanted) for wanted in condition.values):
            what = f"`{condition.path}` must not be {shown(value)}"
            yield _finding(subject, condition, "MG401", what, path, ("forbid", index))


def all_required(subject: Subject) -> Iterator[Diagnostic]:
    """MG402."""
    for index, condition in enumerate(subject.platform.policy.require):
        yield from until_unknown(_required(subject, condition, index))


def _required(subject: Subject, condition: Condition, index: int) -> Iterator[Diagnostic]:
    keys = dotted_keys(condition.path)
    if not _concerns(condition, subject) or effective(subject.spec, keys) is NO_KEY:
        return  # MG412 tells of a key that the language does not have.
    found = [value for _, value in _values(subject, keys)]
    if not condition.values:
        if not found:
            what = f"`{condition.path}` must be set"
            yield _finding(subject, condition, "MG402", what, keys, ("require", index))
    elif not any(is_same(value, wanted) for value in found for wanted in condition.values):
        # `42` is not `42` where one of them is a number and the other a text.
        alike = {shown(value) for value in found} & {shown(wanted) for wanted in condition.values}
        legal = " or ".join(shown(value, with_type=bool(alike)) for value in condition.values)
        has = " and ".join(shown(value, with_type=bool(alike)) for value in found) or "not set"
        what = f"`{condition.path}` must {'hold' if len(found) > 1 else 'be'} {legal}; it is {has}"
        yield _finding(subject, condition, "MG402", what, keys, ("require", index))


def _concerns(condition: Condition, subject: Subject) -> bool:
    """A condition for some environments is one on the specs that are in force there."""
    here = not condition.environments or subject.environment in condition.environments
    return here and (not condition.risk_classes or subject.spec.project.risk_class in condition.risk_classes)


def _values(subject: Subject, keys: tuple[str, ...]) -> Iterator[tuple[Path, object]]:
    """What stands at a key, written or default: each item of a list by itself, nothing where nothing is set."""
    value = effective(subject.spec, keys)
    if isinstance(value, tuple | PartlyKnownItems):
        for index, item in known_items(value):
            yield (*keys, index), item
    elif value is not ABSENT and value is not NO_KEY and value is not None and value != {}:
        yield keys, value


def _finding(
    subject: Subject, condition: Condition, code: str, what: str, path: Path, place: tuple[str, int]
) -> Diagnostic:
    where = f" in {subject.environment}" if condition.environments else ""
    default = () if subject.wrote(*dotted_keys(condition.path)) else ("it is not written: this is its default",)
    return Diagnostic(
        code,
        f"{what}{where}: {condition.reason}",
        subject.spans.value(path),
        Severity(condition.severity),
        help="change it, or ask the platform team for a waiver",
        related=(*(default if code == "MG401" else ()), subject.policy_place(*place)),
    )
