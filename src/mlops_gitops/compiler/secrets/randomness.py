"""Whether a text looks as if it was drawn by chance, and not written by a person."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_SHORTEST = 16
# Bits a character, by Shannon; text of people has less, and short random text has not much more.
_BITS, _HEX_BITS = 3.4, 3.0
_HEX = r"[0-9a-fA-F]+"
# A part of a name: a word, an abbreviation, a number, or a word with a number after it.
_PART_OF_NAME = r"[A-Z]?[a-z]*|[A-Z]+|[0-9]{1,8}|[A-Za-z]+[0-9]{1,4}|[vV]?[0-9]+[A-Za-z]{0,2}"
_LONE = r"[A-Za-z0-9+/_-]{32,200}={0,2}"


def entropy(text: str) -> float:
    """Bits a character, from how often each occurs."""
    counts, size = Counter(text).values(), len(text)
    return -sum(count / size * math.log2(count / size) for count in counts)


def looks_random(text: str) -> bool:
    """For a value that stands where a secret may: long enough, of letters and digits, and no name."""
    if len(text) < _SHORTEST or not any(one.isdigit() for one in text) or not any(one.isalpha() for one in text):
        return False
    if re.search(r"[\s(){}\[\]<>$]", text) or _is_name(text):
        return False
    return entropy(text) >= (_HEX_BITS if re.fullmatch(_HEX, text) else _BITS)


def looks_like_key(text: str) -> bool:
    """For a text with nothing around it that says what it is: the size of a key, and every kind of letter mixed up."""
    if not re.fullmatch(_LONE, text) or _is_name(text):
        return False
    if re.fullmatch(_HEX, text):
        return text == text.lower() and len(text) in (32, 40, 48, 64) and entropy(text) >= _HEX_BITS
    digits, upper, lower = (sum(map(kind, text)) for kind in (str.isdigit, str.isupper, str.islower))
    changes = sum(_kind(one) != _kind(other) for one, other in pairwise(text))
    return min(digits, upper, lower) >= 3 and changes / len(text) > 0.4 and entropy(text) >= 4.2


def _is_name(text: str) -> bool:
    return all(re.fullmatch(_PART_OF_NAME, part) for part in re.split(r"[-_./:+=]|(?<=[a-z])(?=[A-Z])", text))


def _kind(one: str) -> str:
    return "0" if one.isdigit() else "A" if one.isupper() else "a" if one.islower() else "-"
