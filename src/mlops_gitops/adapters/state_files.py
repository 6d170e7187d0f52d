"""State as files: JSON records replaced by rename, and append-only ledgers of JSON lines.

A reader never sees half a record, and a crash leaves the old or the new one.  A record that cannot be read is an error
that names the file: state is never guessed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlops_gitops.diagnostics import OutsideError


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """Replace a file by the JSON of plain data; ``durable`` waits until the disk has it (survives a power cut)."""
    content = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode()
    write_bytes(path, content, durable=durable)


def write_bytes(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace a file as a whole; raises ``OutsideError`` (disk full, read-only, …)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _outside("cannot be written", path, error) from error


def read_json(path: Path) -> Any | None:
    """The plain data in a file, ``None`` where there is no file; raises ``OutsideError`` where it is damaged."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _outside("cannot be read", path, error) from error
    except ValueError as error:
        raise OutsideError(
            "a state file is damaged", where=str(path), why=str(error), todo="remove it, then run the command again"
        ) from error


class StateFiles:
    """The ``StateStore`` below one folder: ``<name>.json`` for records, ``<name>.jsonl`` for ledgers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Any | None:
        """See ``StateStore.read``."""
        return read_json(self._folder / f"{name}.json")

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        """See ``StateStore.write``."""
        write_json(self._folder / f"{name}.json", record)

    def remove(self, name: str) -> None:
        """See ``StateStore.remove``."""
        try:
            (self._folder / f"{name}.json").unlink(missing_ok=True)
        except OSError as error:
            raise _outside("cannot be removed", self._folder / f"{name}.json", error) from error

    def append(self, name: str, record: Mapping[str, Any]) -> None:
        """See ``StateStore.append``."""
        path = self._folder / f"{name}.jsonl"
        line = json.dumps(record, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab+") as file:
                # A line that a crash tore must not swallow this one.
                if file.tell() and not _ends_in_newline(file):
                    line = b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _outside("cannot be written", path, error) from error

    def lines(self, name: str) -> tuple[Any, ...]:
        """See ``StateStore.lines``."""
        path = self._folder / f"{name}.jsonl"
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _outside("cannot be read", path, error) from error
        found = []
        for line in raw.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return tuple(found)


def _ends_in_newline(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")


def _outside(what: str, path: Path, error: OSError) -> OutsideError:
    return OutsideError(f"a state file {what}", where=str(path), why=error.strerror or str(error))
