"""Values in words: what one is, and what is wrong with one of the right type."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import ErrorDetails

from mlops_gitops.spec.platform import HOST_AND_PORT

_MOST = 40
# pydantic's kinds of broken limits, in our words; the names in braces come with the finding.
_LIMITS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "too_short": "needs at least {min_length} {entries}",
    "string_pattern_mismatch": "must look like {pattern}",
}
# What a person is told instead of a pattern.
_PATTERNS = {
    HOST_AND_PORT: "a host and a port: smtp.example.com:587",
    r"^[^\s@<>]+@[^\s@<>]+$": "an address: ml-alerts@example.com",
    r"^MG\d{3}$": "the code of a finding: MG204",
}


def kind(value: Any) -> str:
    """``true``, ``the text "x"``, ``nothing``, ``a list``, ``3``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{_cut(value)}"'
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return str(value)


def what_is_wrong(name: str, detail: ErrorDetails, written: str | None) -> tuple[str, str | None]:
    """The message about a value that its field does not take, and what to do; ``written`` is the value's own text."""
    given, limit = detail["input"], _LIMITS.get(detail["type"])
    shown = _shown(given, written)
    if limit is not None:
        context = {key: _number(one) for key, one in detail.get("ctx", {}).items()}
        context["entries"] = "entry" if context.get("min_length") == "1" else "entries"
        context["pattern"] = _PATTERNS.get(str(context.get("pattern")), f"`{context.get('pattern')}`")
        reason = limit.format(**context)
        value = "" if given == "" or isinstance(given, dict | list) else f", not {shown}"
        return f"`{name}` {reason}{value}", _percent(given, detail.get("ctx", {}).get("le"))
    # Our validators say what it is not, and behind a colon or a semicolon what it would be.
    what, *rest = re.split(r"[;:] ", detail["msg"].removeprefix("Value error, "), maxsplit=1)
    return f"`{name}` cannot be {shown}: {what}", rest[0] if rest else None


def _percent(given: object, most: object) -> str | None:
    """A share that was written as a percentage, as the share it means."""
    if most == 1.0 and isinstance(most, float) and isinstance(given, int | float) and 1 < given <= 100:
        return f"it is a share of one: for {given:g} % write {given / 100:g}"
    return None


def _number(value: object) -> str:
    """A limit as a person writes it: no exponent, no point without need."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def _shown(value: Any, written: str | None) -> str:
    if isinstance(value, str):
        return f"`{_cut(value)}`" if value else "empty"
    if written and isinstance(value, bool | int | float):
        return _cut(written)
    return kind(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
