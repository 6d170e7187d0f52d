"""Quantities as numbers: ``500m``, ``2`` and ``4Gi`` compared and added, exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from mlops_gitops.spec.spelling import spelling

_DECIMAL = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_SUFFIXES = {"m": Fraction(1, 1000), **{unit: Fraction(size) for unit, size in (_DECIMAL | _BINARY).items()}}
_FORM = re.compile(r"(\d+(?:\.\d+)?)([a-zA-Z]*)")


@spelling
@lru_cache(maxsize=4096)
def amount(quantity: str) -> Fraction:
    """How much a quantity is; raises ``ValueError`` on text that is none."""
    match = _FORM.fullmatch(quantity)
    if match is None or match[2] not in _SUFFIXES:
        raise ValueError(f"not a quantity: {quantity}")
    return Fraction(match[1]) * _SUFFIXES[match[2]]


@spelling
def added(one: str, other: str) -> str:
    """The sum of two sizes in bytes, in the largest binary unit that says it exactly."""
    total = amount(one) + amount(other)
    for unit, size in reversed(_BINARY.items()):
        if total >= size and (total / size).denominator == 1:
            return f"{total / size}{unit}"
    return str(-(-total.numerator // total.denominator))
