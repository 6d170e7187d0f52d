"""Running a command in a process of its own, with a deadline that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How a process ended; ``exit_code`` is negative for a signal, as in ``subprocess``."""

    exit_code: int
    timed_out: bool
    duration_s: float


class Processes(Protocol):
    """Starts one command and waits for its end."""

    def run(
        self, command: Sequence[str], *, cwd: Path, log: Path, timeout_s: float, environment: Mapping[str, str]
    ) -> ProcessEnd:
        """Run to the end; all output goes to ``log``.

        After ``timeout_s``, or when the caller is interrupted, the whole process group is stopped: first asked, then
        killed. ``environment`` is added to this process's own. Raises ``OutsideError`` if it cannot start.
        """
        ...
