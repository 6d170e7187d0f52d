"""Where alerts go: something that routes them to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.  ``labels`` tell it from others and route it; it is over when ``ends_at`` has passed."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    source: str = field(default="")
    """URL of what raised it."""


class AlertSink(Protocol):
    """Takes alerts; the same labels again are the same alert."""

    def send(self, alerts: Sequence[Alert]) -> None:
        """Hand alerts over; raises ``OutsideError`` where they were not taken."""
        ...
