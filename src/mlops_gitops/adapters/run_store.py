"""Records of runs as folders, ``runs/<project>/<number>/run.json``.

A running run holds a lock on its folder, which ends with its process: a record that says RUNNING and is not held was
killed.
"""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any, BinaryIO

from mlops_gitops.adapters.state_files import write_json
from mlops_gitops.diagnostics import OutsideError

RECORD, LOCK = "run.json", ".running"


class FolderRunStore:
    """Implements ``ports.run_store.RunStore`` below ``root``, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held: dict[tuple[str, int], BinaryIO] = {}

    def open(self, project: str) -> tuple[int, Path]:
        """Take the next number."""
        number = max(self.numbers(project), default=0)
        while True:
            number += 1
            folder = self.root / project / str(number)
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                folder.mkdir()  # fails where another run has just taken the number
                lock = (folder / LOCK).open("wb")
            except FileExistsError:
                continue
            except OSError as error:
                raise OutsideError("the run cannot be recorded", where=str(folder), why=str(error)) from error
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._held[project, number] = lock
            return number, folder

    def close(self, project: str, number: int) -> None:
        """Let go of a run."""
        self._held.pop((project, number)).close()

    def interrupted(self, project: str) -> tuple[int, ...]:
        """Runs that were killed."""
        records = ((number, self.load(project, number)) for number in self.numbers(project))
        running = [number for number, record in records if record and record.get("status") == "RUNNING"]
        return tuple(number for number in running if not self._is_held(project, number))

    def _is_held(self, project: str, number: int) -> bool:
        try:
            with (self.root / project / str(number) / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def save(self, project: str, number: int, report: dict[str, Any]) -> None:
        """Replace the run's record."""
        write_json(self.root / project / str(number) / RECORD, report)

    def load(self, project: str, number: int) -> dict[str, Any] | None:
        """A run's report; ``None`` where there is none or a damaged one."""
        try:
            record = json.loads((self.root / project / str(number) / RECORD).read_bytes())
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def numbers(self, project: str) -> tuple[int, ...]:
        """All runs of a project, oldest first."""
        folder = self.root / project
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return tuple(sorted(int(name) for name in names if name.isdigit()))
