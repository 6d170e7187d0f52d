"""The render cache below ``.mlops-gitops/``: one file a document, its first line a digest of the rest.

A file that was half written, damaged, or saved by another compiler is as good as none.  Nothing in it is ever run: it
is JSON, and what it says is held against the files themselves before anything follows from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mlops_gitops import __version__
from mlops_gitops.adapters.stamps import stamp

_FORMAT = "mlops-gitops render cache 1"
# What decides on the rendered bytes: the packages of the compiler, and the libraries that read for it.
_COMPILER = ("compiler", "records", "spec", "usecases")
_LIBRARIES = ("pydantic", "pydantic_core", "yaml", "jinja2")


class FileRenderCache:
    """The ``RenderCache`` in a folder of its own."""

    def __init__(self, folder: Path, compiler: str) -> None:
        self._folder = folder
        self._compiler = compiler

    def load(self, name: str) -> Any:
        """See ``RenderCache.load``."""
        try:
            head, _, body = (self._folder / f"{name}.json").read_bytes().partition(b"\n")
            return json.loads(body) if head == self._head(body) else None
        except (OSError, ValueError):
            return None

    def save(self, name: str, document: Any) -> None:
        """See ``RenderCache.save``."""
        body = json.dumps(document, separators=(",", ":")).encode()
        new = self._folder / f"{name}.json.new"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_bytes(self._head(body) + b"\n" + body)
            new.replace(self._folder / f"{name}.json")

    def _head(self, body: bytes) -> bytes:
        return f"{_FORMAT} {self._compiler} {hashlib.sha256(body).hexdigest()}".encode()


def compiler_name() -> str:
    """This very compiler: its version, its files as they are installed or edited, the libraries and Python under it."""
    package = Path(__file__).resolve().parents[1]
    names = sorted(name for folder in _COMPILER for name in _below(package / folder, folder))
    parts = [__version__, sys.version, stamp(str(package), [*names, "diagnostics.py"]).digest]
    for name in _LIBRARIES:
        found = find_spec(name)
        if found and found.origin:
            parts.append(stamp(str(Path(found.origin).parent), ["__init__.py", "_version.py", "version.py"]).digest)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _below(folder: Path, prefix: str) -> Iterator[str]:
    """Every file of the package below a folder but what Python makes of it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _below(Path(entry.path), f"{prefix}/{entry.name}")
            else:
                yield f"{prefix}/{entry.name}"
