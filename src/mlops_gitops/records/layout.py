"""Where files lie that are written for people: the rendered ones, and releases with their evidence.

The names of what a team writes stand in ``compiler/file_names.py``.
"""

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


def release_path(project: str, environment: str) -> str:
    """The release file, relative to the repository root."""
    return f"projects/{project}/releases/{environment}.yaml"


def evidence_path(project: str, digest: str) -> str:
    """The committed evidence file of a digest, relative to the repository root."""
    return f"projects/{project}/releases/evidence/{digest.removeprefix('sha256:')}.json"
