"""The record of what was answered: the server writes it, the detector reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mlops_gitops.records.inference import InferenceChunk, InferenceRows


class InferenceLog(Protocol):
    """The writing side; it never makes an answer wait and never fails one."""

    def append(self, chunk: InferenceChunk) -> bool:
        """Take a chunk to be written soon; ``False`` where there is no room, and it is dropped and counted."""
        ...

    def dropped_rows(self) -> int:
        """How many rows were dropped so far, for want of room or because they could not be written."""
        ...

    def close(self) -> None:
        """Write what is waiting and stop; called once, takes a few seconds at most."""
        ...


class InferenceHistory(Protocol):
    """The reading side."""

    def read(self, project: str, since: datetime, until: datetime) -> InferenceRows:
        """Rows with ``since`` ≤ time < ``until`` (both aware), oldest first. Raises ``OutsideError``."""
        ...
