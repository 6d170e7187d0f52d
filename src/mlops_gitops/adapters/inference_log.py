"""The inference log as JSON lines, one file a day: ``<folder>/<project>/<YYYY-MM-DD>.jsonl`` (days in UTC).

A background thread writes, so that an answer never waits for the disk; what waits is bounded in rows, and beyond that
is dropped and counted.  A line goes out in one append: several servers (a rolling replace) may share a file.  A crash
or a full disk can leave a torn line; the writer starts the next one on a fresh line, and the reader counts the torn
one and goes on.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.inference import InferenceChunk, InferenceRows

MAX_WAITING_ROWS = 50_000
CLOSE_S = 3.0


def _file(folder: Path, project: str, day: date) -> Path:
    return folder / project / f"{day.isoformat()}.jsonl"


class JsonLinesInferenceLog:
    """Implements ``ports.inference_log.InferenceLog`` for one project."""

    def __init__(self, folder: Path, project: str, *, max_waiting_rows: int = MAX_WAITING_ROWS) -> None:
        self._folder, self._project, self._max_waiting_rows = folder, project, max_waiting_rows
        self._waiting: deque[InferenceChunk] = deque()
        self._waiting_rows = self._dropped_rows = 0
        self._closing = self._complained = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write_all, name="inference-log", daemon=True)
        self._thread.start()

    def append(self, chunk: InferenceChunk) -> bool:
        """Take a chunk to be written soon; ``False`` where there is no room for it."""
        with self._changed:
            if self._closing or self._waiting_rows + chunk.rows > self._max_waiting_rows:
                self._dropped_rows += chunk.rows
                return False
            self._waiting.append(chunk)
            self._waiting_rows += chunk.rows
            self._changed.notify()
            return True

    def dropped_rows(self) -> int:
        """How many rows were dropped so far."""
        with self._changed:
            return self._dropped_rows

    def close(self) -> None:
        """Write what is waiting and stop, within ``CLOSE_S``."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_S)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                chunks = list(self._waiting)
                self._waiting.clear()
            if not chunks:
                return
            for day, of_day in groupby(chunks, lambda chunk: chunk.time.astimezone(UTC).date()):
                self._write(day, list(of_day))
            with self._changed:
                self._waiting_rows -= sum(chunk.rows for chunk in chunks)

    def _write(self, day: date, chunks: list[InferenceChunk]) -> None:
        written = 0
        try:
            handle = _open_at_fresh_line(_file(self._folder, self._project, day))
            try:
                for chunk in chunks:
                    _append(handle, chunk)
                    written += 1
            finally:
                os.close(handle)
        except (OSError, TypeError, ValueError) as error:
            self._lose(chunks[written:], error)

    def _lose(self, chunks: list[InferenceChunk], error: Exception) -> None:
        with self._changed:
            self._dropped_rows += sum(chunk.rows for chunk in chunks)
        if not self._complained:
            self._complained = True
            print(f"warning: the inference log cannot be written, rows are dropped: {error}", file=sys.stderr)


class JsonLinesInferenceHistory:
    """Implements ``ports.inference_log.InferenceHistory`` over the same folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, project: str, since: datetime, until: datetime) -> InferenceRows:
        """Rows with ``since`` ≤ time < ``until``, oldest first; torn or foreign lines are counted, not fatal."""
        chunks: list[InferenceChunk] = []
        damaged_lines = 0
        for line in self._lines(project, since.astimezone(UTC).date(), until.astimezone(UTC).date()):
            try:
                chunk = InferenceChunk.from_plain(json.loads(line))
            except (KeyError, TypeError, ValueError, AttributeError):
                damaged_lines += 1
                continue
            if since <= chunk.time < until:
                chunks.append(chunk)
        # Several servers share a file, so lines are only nearly in order.
        return InferenceRows.joined(sorted(chunks, key=lambda chunk: chunk.time), damaged_lines)

    def _lines(self, project: str, first: date, last: date) -> Iterator[bytes]:
        for path in sorted((self._folder / project).glob("????-??-??.jsonl")):
            if not first.isoformat() <= path.stem <= last.isoformat():
                continue
            try:
                with path.open("rb") as file:
                    yield from (line for line in file if line.strip())
            except OSError as error:
                raise OutsideError("the inference log cannot be read", where=str(path), why=str(error)) from error


def _open_at_fresh_line(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        os.write(handle, b"\n")
    return handle


def _append(handle: int, chunk: InferenceChunk) -> None:
    line = json.dumps(chunk.to_plain(), allow_nan=False, separators=(",", ":")).encode() + b"\n"
    while line:
        line = line[os.write(handle, line) :]
