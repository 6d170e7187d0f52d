"""Sums of quantities: ``4Gi`` and ``512Mi`` are ``4608Mi``."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from mlops_gitops.spec.scalars import quantity_value

_UNITS = {"Ei": 2**60, "Pi": 2**50, "Ti": 2**40, "Gi": 2**30, "Mi": 2**20, "Ki": 2**10}


def added(one: str, other: str) -> str:
    """The sum of two sizes in bytes, in the largest binary unit that says it exactly."""
    total = quantity_value(one) + quantity_value(other)
    for unit, size in _UNITS.items():
        if total >= size and total % size == 0:
            return f"{int(total // size)}{unit}"
    return str(int(total.to_integral_value(ROUND_CEILING) if total % 1 else Decimal(total)))
