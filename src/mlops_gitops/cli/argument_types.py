"""Values of the command line that are more than text: read while it is parsed, so that a wrong one is a usage error."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

_LAST_PORT = 65535


def duration_s(text: str) -> float:
    """A duration with its unit, like ``60s`` or ``5m``, in seconds."""
    from mlops_gitops.spec.scalars import parse_duration

    try:
        return parse_duration(text).total_seconds()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is {error}") from error


def moment(text: str) -> datetime | None:
    """A date and time in ISO 8601, as CI systems tell when a run began; without a zone it is in UTC.

    Nothing where the text is empty: a variable that a CI system does not set.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is no date and time like 2026-11-25T08:30:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose one."""
    if not (text.isascii() and text.isdecimal() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"`{text}` is no port from 0 to {_LAST_PORT}")
    return int(text)


def at_least_one(text: str) -> int:
    """A whole number from 1."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from 1")
    return int(text)


def version(text: str) -> int:
    """A model version, written ``2`` or ``v2``."""
    number = version_number(text)
    if number is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no version; write 2 or v2")
    return number


def version_number(text: str) -> int | None:
    """The number of ``2`` or ``v2``; ``None`` where the text is something else, such as a commit's name."""
    digits = text.removeprefix("v")
    # Seven digits and more are a commit's abbreviated name rather than a version.
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 7 else None


def new_file(text: str) -> Path:
    """A file to be written: its folder must be there, for what is to be written took long to find out."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"`{text}` is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder `{path.parent}`")
    return path
