"""The discussion of one merge request, wherever it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark of ours: its name in the discussion, and its text."""

    id: str
    body: str


class Discussion(Protocol):
    """What may be said is at most ``limit`` characters long; every call raises ``OutsideError`` on trouble."""

    @property
    def limit(self) -> int:
        """Most characters a remark may have."""
        ...

    def ours(self) -> Iterable[Remark]:
        """The remarks that this very identity wrote, oldest first: whoever wrote a remark can change it later."""
        ...

    def add(self, body: str) -> str:
        """Write a new remark and give its URL."""
        ...

    def change(self, remark: Remark, body: str) -> str:
        """Put another text in a remark's place and give its URL."""
        ...
