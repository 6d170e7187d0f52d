"""Trailers of the commits that the product makes: the machine-readable half of a commit message.

Git's own trailer format (``Key: value`` lines in the last paragraph), so ``git log --format='%(trailers)'`` and
``git interpret-trailers`` read them too.
"""

from __future__ import annotations

from enum import Enum


class Trailer(Enum):
    """The keys."""

    ACTION = "Mlops-Action"  # deploy, promote, rollback
    PROJECT = "Mlops-Project"
    ENVIRONMENT = "Mlops-Environment"
    VERSION = "Mlops-Model-Version"
    MODEL = "Mlops-Model-Digest"
    PREVIOUS = "Mlops-Previous-Version"
    RUN = "Mlops-Run"
    EVIDENCE = "Mlops-Evidence"
    SEVERITY = "Mlops-Severity"


APPROVED_GATE = "Approved-Gate"
"""The key of a trailer that people write: who agrees that a gate is loosened."""


def format_message(subject: str, body: str, trailers: dict[Trailer, str]) -> str:
    """A whole commit message; raises ``ValueError`` on a value with a line break."""
    for value in trailers.values():
        if "\n" in value:
            raise ValueError("a trailer's value is one line")
    lines = [f"{key.value}: {value}" for key, value in trailers.items()]
    return "\n\n".join(part for part in (subject, body.strip(), "\n".join(lines)) if part) + "\n"


def parse_trailers(message: str) -> dict[Trailer, str]:
    """The known trailers in a message's last paragraph."""
    known = {key.value: key for key in Trailer}
    found: dict[Trailer, str] = {}
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        name, colon, value = line.partition(": ")
        if colon and name in known:
            found[known[name]] = value.strip()
    return found


def trailer_values(message: str, key: str) -> tuple[str, ...]:
    """Every value of one key in a message's last paragraph, in order; git reads keys in any case."""
    _, apart, last = message.rstrip().rpartition("\n\n")
    lines = last.splitlines() if apart else []  # a message of one paragraph is all subject
    pairs = (line.partition(":") for line in lines)
    return tuple(value.strip() for name, colon, value in pairs if colon and name.casefold() == key.casefold())
