"""Lines as the YAML parser counts them, which is not quite how ``str.splitlines`` does."""

from __future__ import annotations

import re

_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"


def lines_of(text: str) -> list[str]:
    """The lines of a text without their breaks; one empty line for an empty text."""
    return re.split(_BREAK, text)
