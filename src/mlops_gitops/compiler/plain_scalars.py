"""What an unquoted scalar means: under YAML 1.2's core rules, and where a YAML 1.1 reader would take it otherwise.

kubectl, PyYAML and many more read YAML 1.1, where ``no`` is false and ``010`` is eight.  A value that two readers take
for two things is refused, never guessed: ``two_readings``.  Where the field itself makes both readings one (``1e-3``
where only a number may stand, a day where text may), nothing is wrong and nothing is said.  The whole rule stands in
``docs/yaml.md``.
"""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["nothing", "boolean", "number", "text", "day", "time", "special"]
Value = bool | int | float | str | None


class Reading(NamedTuple):
    """What one reader takes a scalar for.  ``value`` is nothing where the reader itself could not say."""

    kind: Kind
    value: Value
    words: str


class Wanted(NamedTuple):
    """What may stand in a field: kinds of scalars, and single words where only these are legal."""

    kinds: frozenset[Kind]
    choices: frozenset[str] = frozenset()

    def fits(self, reading: Reading) -> bool:
        """Whether the field takes what a reader read."""
        return reading.kind in self.kinds or (reading.kind == "text" and reading.value in self.choices)


ANYTHING = Wanted(frozenset(("nothing", "boolean", "number", "text")))
A_KEY = Wanted(frozenset(("text",)))


def _spelt(words: str) -> list[str]:
    """The three spellings of each word that YAML knows."""
    return [spelt for word in words.split() for spelt in (word, word.capitalize(), word.upper())]


_INT = re.compile(r"[-+]?[0-9]+")
_HEX = r"0x[0-9a-fA-F]+"
_OCTAL = r"0o[0-7]+"
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {word: truth for truth, words in ((True, "true"), (False, "false")) for word in _spelt(words)}

_OLD_BOOLS = {word: truth for truth, words in ((True, "y yes on"), (False, "n no off")) for word in _spelt(words)}
_OLD_INT = r"[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)"
_OLD_FLOAT = r"[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?"
# YAML 1.1 counts in sixties after a colon.
_SIXTIES = r"[-+]?([1-9][0-9_]*(:[0-5]?[0-9])+|[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*)"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = (
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
    r"([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?"
)
_OLD_SPECIAL = frozenset({"=", "<<"})

# Only a scalar that begins with one of these, or is one of the words, can be anything but text to any reader.
_STARTS = frozenset("-+.0123456789~=<")
_WORDS = _NULLS | frozenset(_BOOLS) | frozenset(_OLD_BOOLS)

# A JSON or Go reader of the rendered file holds no more than this.
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_MOST_DIGITS = 40
# Up to here every whole number is a float of its own.
_WHOLE = 2**53


def is_text(text: str) -> bool:
    """Whether every reader takes the scalar for text: quick, for most are."""
    return text not in _WORDS and text[0] not in _STARTS


@lru_cache(maxsize=4096)
def two_readings(text: str, wanted: Wanted = ANYTHING) -> tuple[Reading, Reading] | None:
    """The YAML 1.1 and 1.2 readings of a plain scalar where they mean two things for its field.

    Where the field takes neither of them nothing is said here: that it is of the wrong type says more.
    """
    if is_text(text):
        return None
    old, new = older(text), newer(text)
    if (old.kind, old.value) == (new.kind, new.value) or not (wanted.fits(old) or wanted.fits(new)):
        return None
    if old.kind == "day" and new.kind == "text" and (old.value is not None or "day" in wanted.kinds):
        return None
    only_a_number = "text" not in wanted.kinds and not wanted.choices
    if only_a_number and (old.kind, new.kind) == ("text", "number") and _as_number(text) == new.value:
        return None
    return old, new


@lru_cache(maxsize=4096)
def core_value(text: str) -> Value:
    """A plain scalar under YAML 1.2 core rules; raises ``ValueError`` on a number that no reader could hold."""
    if is_text(text):
        return text
    reading = newer(text)
    if reading.kind != "number" or isinstance(reading.value, bool):
        return reading.value
    if reading.value is None or not isinstance(reading.value, int | float) or not math.isfinite(reading.value):
        raise ValueError("not a finite number")
    if isinstance(reading.value, int) and not _SMALLEST <= reading.value <= _LARGEST:
        raise ValueError("too large: at most 64 bits are read")
    return reading.value


def newer(text: str) -> Reading:
    """What a YAML 1.2 reader takes the scalar for."""
    if (same := _same_for_all(text)) is not None:
        return same
    if re.fullmatch(_OCTAL, text):
        return Reading("number", _integer(text[2:], 8), f"the octal number {_integer(text[2:], 8)}")
    if _INT.fullmatch(text) or re.fullmatch(_HEX, text):
        return _number(_integer(text[2:], 16) if text.startswith("0x") else _integer(text, 10))
    return _number(float(text)) if _FLOAT.fullmatch(text) else _text(text)


def older(text: str) -> Reading:
    """What a YAML 1.1 reader takes the scalar for."""
    if (same := _same_for_all(text)) is not None:
        return same
    if text in _OLD_BOOLS:
        return Reading("boolean", _OLD_BOOLS[text], str(_OLD_BOOLS[text]).lower())
    if text in _OLD_SPECIAL:
        return Reading("special", None, "a sign of its own")
    if re.fullmatch(_OLD_INT, text):
        return _old_integer(text)
    if re.fullmatch(_OLD_FLOAT, text):
        return _number(float(text.replace("_", "")))
    if re.fullmatch(_SIXTIES, text):
        number = _sexagesimal(text)
        return Reading("number", number, f"the number {number:g}, counted in sixties")
    return _moment(text) or _text(text)


def _same_for_all(text: str) -> Reading | None:
    if text in _NULLS:
        return Reading("nothing", None, "nothing")
    if text in _BOOLS:
        return Reading("boolean", _BOOLS[text], str(_BOOLS[text]).lower())
    return Reading("number", math.inf, "no finite number") if re.fullmatch(_INFINITE, text) else None


def _text(text: str) -> Reading:
    return Reading("text", text, f'the text "{text}"')


def _number(value: float) -> Reading:
    return Reading("number", value, f"the number {plain_number(value)}")


def plain_number(value: float) -> str:
    """A number as both versions of YAML read it: an exponent only behind a point."""
    text = repr(int(value) if abs(value) < _WHOLE and value == int(value) else value)
    return text.replace("e", ".0e", 1) if "e" in text and "." not in text else text


def _old_integer(text: str) -> Reading:
    digits = text.lstrip("+-").replace("_", "")
    sign = -1 if text.startswith("-") else 1
    base, name = 10, ""
    for start, of_base, noun in (("0b", 2, "binary "), ("0x", 16, "hexadecimal "), ("0", 8, "octal ")):
        if digits.startswith(start) and digits != "0":
            base, name = of_base, noun
            break
    digits = digits[2:] if base in (2, 16) else digits
    if not digits:
        return Reading("number", None, f"a {name}number")
    value = sign * _integer(digits, base)
    return Reading("number", value, f"the {name}number {value}")


def _integer(digits: str, base: int) -> int:
    # No reader holds more digits than this; Python would count for long.
    return int(digits, base) if len(digits) <= _MOST_DIGITS else _LARGEST + 1


def _sexagesimal(text: str) -> float:
    total: float = 0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part[:_MOST_DIGITS]))
    return -total if text.startswith("-") else total


def _moment(text: str) -> Reading | None:
    if re.fullmatch(_DAY, text):
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            return Reading("day", None, "a day that does not exist")
        return Reading("day", text, "a day")
    return Reading("time", None, "a point in time") if re.fullmatch(_TIME, text) else None


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
