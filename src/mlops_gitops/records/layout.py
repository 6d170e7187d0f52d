"""Where the rendered files lie, by name; the names of what a team writes stand in ``compiler/file_names.py``."""

from __future__ import annotations

RENDERED = "rendered"
PLATFORM_FOLDER = "_platform"
RECORD = "provenance.json"


def provenance_path(folder: str) -> str:
    """The record of one folder below ``rendered/``, from the repository root."""
    return f"{RENDERED}/{folder}/{RECORD}"


def is_outside(path: str) -> bool:
    """Whether a rendered file's path is outside of ``rendered/``."""
    return not path.startswith(f"{RENDERED}/")
