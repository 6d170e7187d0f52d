"""The contents of a model package by digest: what makes two packages the same, and what differs where they are not.

The digest is that of the canonical JSON ``{relative path: sha256 of the bytes}`` over every file but
``contents.json``, which is that very JSON: whoever knows the digest can trust the list, and the list then tells which
file was changed, added or lost.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError, RefusedError
from mlops_gitops.records.canonical import canonical_json, digest_bytes, digest_of, short

CONTENTS = "contents.json"
_SHOWN = 5


def package_digest(folder: Path) -> str:
    """``sha256:…`` of a package folder's contents; raises ``OutsideError`` where it cannot be read."""
    return digest_of(_listing(folder))


def write_contents(folder: Path) -> str:
    """Write ``contents.json`` for the files that are there, and return the package's digest."""
    listing = canonical_json(_listing(folder))
    (folder / CONTENTS).write_bytes(listing)
    return digest_bytes(listing)


def check_contents(folder: Path, expected_digest: str) -> None:
    """Raise ``RefusedError`` that says what differs, unless the folder's contents have the expected digest."""
    listing = _listing(folder)
    found = digest_of(listing)
    if found != expected_digest:
        raise RefusedError(
            f"model package {short(found)} is not the expected {short(expected_digest)}",
            where=str(folder),
            why=_difference(folder, listing, expected_digest),
            todo="put the package into the store again, or release a version whose package is whole",
        )


def _listing(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise OutsideError("no model package", where=str(folder), todo="run the pipeline, or fetch the model store")
    listing = {}
    try:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise RefusedError("a model package holds plain files only", where=str(path))
            if path.is_file() and name != CONTENTS:
                with path.open("rb") as file:
                    listing[name] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutsideError("the model package cannot be read", where=str(folder), why=str(error)) from error
    return listing


def _difference(folder: Path, listing: dict[str, str], expected_digest: str) -> str:
    try:
        content = (folder / CONTENTS).read_bytes()
    except OSError:
        return f"{CONTENTS} is missing, so the changed file cannot be named"
    if digest_bytes(content) != expected_digest:
        return "it is another package as a whole, not a damaged copy of the expected one"
    wanted: dict[str, str] = json.loads(content)
    changes = [f"{name} was changed" for name in wanted if name in listing and listing[name] != wanted[name]]
    changes += [f"{name} is missing" for name in wanted if name not in listing]
    changes += [f"{name} does not belong to it" for name in listing if name not in wanted]
    return ", ".join(changes[:_SHOWN]) + (f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else "")
