"""What an unquoted scalar means: under YAML 1.2's core rules, and where a YAML 1.1 reader would take it otherwise.

kubectl, PyYAML and many more read YAML 1.1, where ``no`` is false and ``010`` is eight.  A value that two readers take
for two things is refused, never guessed.  Where the field itself makes both readings one (``1e-3`` where a number is
wanted, a date where text is), nothing is wrong and nothing is said.
"""

from __future__ import annotations

import math
import re

_INT = re.compile(r"[-+]?[0-9]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_OLD_BOOL = re.compile(r"y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_OLD_OCTAL = re.compile(r"[-+]?0[0-9]+")
_NEW_OCTAL = re.compile(r"0o[0-7]+")
# YAML 1.1 lets underscores part the digits, and counts in sixties after a colon.
_UNDERSCORED = re.compile(
    r"[-+]?(0[0-7_]+|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?)"
    r"|\.[0-9][0-9_]*([eE][-+][0-9]+)?"
)
_SEXAGESIMAL = re.compile(r"[-+]?([1-9][0-9_]*(:[0-5]?[0-9])+|[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*)")
_BINARY = re.compile(r"[-+]?0b[01_]+")
_SIGNED_HEX = re.compile(r"[-+]0x[0-9a-fA-F_]+")

# A JSON or Go reader of the rendered file holds no more than this.
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def two_readings(text: str) -> tuple[str, str] | None:
    """The YAML 1.1 and 1.2 readings of a plain scalar where they differ in meaning; ``None`` where they agree."""
    as_text = f'the text "{text}"'
    if _OLD_BOOL.fullmatch(text):
        return str(text.lower() in ("y", "yes", "on")).lower(), as_text
    if _OLD_OCTAL.fullmatch(text):
        return _octal(text, as_text)
    if _NEW_OCTAL.fullmatch(text):
        return as_text, f"the octal number {int(text[2:], 8)}"
    if "_" in text and _UNDERSCORED.fullmatch(text):
        return f"the number {text.replace('_', '')}", as_text
    if _SEXAGESIMAL.fullmatch(text):
        return f"the number {_sexagesimal(text)}, counted in sixties", as_text
    if _BINARY.fullmatch(text):
        return "a binary number", as_text
    if _SIGNED_HEX.fullmatch(text):
        return "a hexadecimal number", as_text
    return None


def _octal(text: str, as_text: str) -> tuple[str, str] | None:
    decimal = int(text[:40])
    if set(text) & {"8", "9"}:
        return as_text, f"the number {decimal}"
    octal = int(text[:40], 8)
    return None if octal == decimal else (f"the octal number {octal}", f"the number {decimal}")


def _sexagesimal(text: str) -> str:
    total = 0.0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + float(part)
    return f"{-total if text.startswith('-') else total:g}"


def core_value(text: str) -> bool | int | float | str | None:
    """A plain scalar under YAML 1.2 core rules; raises ``ValueError`` on a number that no reader could hold."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text) or _HEX.fullmatch(text):
        return _integer(text)
    if _INFINITE.fullmatch(text):
        raise ValueError("not a finite number")
    return _finite(float(text)) if _FLOAT.fullmatch(text) else text


def _integer(text: str) -> int:
    number = int(text, 16) if text.startswith("0x") else int(text) if len(text) < 40 else _LARGEST + 1
    if not _SMALLEST <= number <= _LARGEST:
        raise ValueError("too large: at most 64 bits are read")
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):  # 1e999
        raise ValueError("not a finite number")
    return number
