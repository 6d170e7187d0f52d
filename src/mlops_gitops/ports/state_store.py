"""What must outlive a command: small named records, each replaced as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class StateStore(Protocol):
    """Records of plain data by name (``inventory/staging``). Every method may raise ``OutsideError``."""

    def read(self, name: str) -> Any | None:
        """The record, or ``None`` where there is none; ``OutsideError`` where it is damaged."""
        ...

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        """Replace a record; after a crash either the old or the new one stands."""
        ...

    def remove(self, name: str) -> None:
        """Remove a record; nothing happens where there is none."""
        ...

    def append(self, name: str, record: Mapping[str, Any]) -> None:
        """Add one line to a ledger, which is never rewritten."""
        ...

    def lines(self, name: str) -> tuple[Any, ...]:
        """All lines of a ledger, oldest first; a line torn by a crash is left out."""
        ...
