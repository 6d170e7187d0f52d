"""Doing one thing to many items, in several processes where that pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Protocol):
    """A parallel ``map``."""

    def map(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """The result of each item, in the order of the items.

        ``work`` may run in another process: it sees memory as it is now, what it changes there is lost, and its result
        must be picklable.  What it raises is raised here.  ``OutsideError`` where a process ends before its work.
        """
        ...


class Inline:
    """All work in this process, one item after the other."""

    def map(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """See ``Workers.map``."""
        return map(work, items)
