"""What runs in an environment, as seen from outside: the served endpoint and the continuous monitor."""

from __future__ import annotations

from typing import Protocol


class ServiceProbe(Protocol):
    """Looks, and changes nothing. Every method may raise ``OutsideError``."""

    def url(self, project: str, environment: str) -> str | None:
        """Base URL of the project's endpoint, ``None`` where nothing serves."""
        ...

    def monitor_running(self, project: str, environment: str) -> bool:
        """Whether the continuous monitor runs."""
        ...
