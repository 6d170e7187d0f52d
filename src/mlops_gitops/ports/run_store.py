"""Where runs are recorded: one numbered folder a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class RunStore(Protocol):
    """Numbers count per project from 1 and are never given twice."""

    def open(self, project: str) -> tuple[int, Path]:
        """Take the next number; returns it with the run's folder, and holds it as running until ``close``."""
        ...

    def interrupted(self, project: str) -> tuple[int, ...]:
        """Runs whose record says that they run while nobody holds them: they were killed."""
        ...

    def close(self, project: str, number: int) -> None:
        """Let go of a run."""
        ...

    def save(self, project: str, number: int, report: dict[str, Any]) -> None:
        """Replace the run's ``run.json`` in one step."""
        ...

    def load(self, project: str, number: int) -> dict[str, Any] | None:
        """A run's report, or ``None``."""
        ...

    def numbers(self, project: str) -> tuple[int, ...]:
        """All runs of a project, oldest first."""
        ...
