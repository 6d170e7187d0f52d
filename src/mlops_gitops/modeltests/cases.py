"""Test cases: what identifies one, which are chosen, and the order that their dependencies ask for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.spec.testing import TestCategory


@dataclass(frozen=True, slots=True)
class Case:
    """One test. A critical case that does not pass stops the suite; ``dependencies`` are ids that run before it."""

    id: str
    category: TestCategory
    description: str
    timeout_s: float = 300.0
    dependencies: tuple[str, ...] = ()
    critical: bool = True


def select(
    cases: Sequence[Case], categories: Collection[TestCategory] | None = None, ids: Collection[str] | None = None
) -> tuple[Case, ...]:
    """The cases of these categories and ids (``None``: all), in their order, with all that they depend on.

    Raises ``UsageError`` for an id that no case has, chosen or depended on.
    """
    by_id = {case.id: case for case in cases}
    for unknown in sorted(set(ids or ()) - set(by_id)):
        raise UsageError(f"there is no test case {unknown}", todo=f"there are {', '.join(by_id)}")
    wanted = [
        case.id
        for case in cases
        if (categories is None or case.category in categories) and (ids is None or case.id in ids)
    ]
    chosen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in by_id:
            raise UsageError(f"a test case depends on {name}, which does not exist", todo=f"there are {list(by_id)}")
        if name not in chosen:
            chosen.add(name)
            wanted.extend(by_id[name].dependencies)
    return tuple(case for case in cases if case.id in chosen)


def in_order(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases with every dependency in front, otherwise as given; raises ``UsageError`` naming a cycle."""
    by_id = {case.id: case for case in cases}
    ordered: dict[str, Case] = {}

    def visit(case: Case, path: tuple[str, ...]) -> None:
        if case.id in path:
            cycle = " → ".join((*path[path.index(case.id) :], case.id))
            raise UsageError(f"test cases depend on each other in a cycle: {cycle}", todo="remove one dependency")
        if case.id in ordered:
            return
        for name in case.dependencies:
            if name in by_id:
                visit(by_id[name], (*path, case.id))
        ordered[case.id] = case

    for case in cases:
        visit(case, ())
    return tuple(ordered.values())
