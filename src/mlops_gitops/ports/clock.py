"""The time, so that a core or a test never reads the machine's clock by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time and elapsed time."""

    def now(self) -> datetime:
        """The current time, in UTC with its zone."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since an unknown moment; never goes backwards."""
        ...
