"""The compiled inner loops; the only module that imports numba, so callers import it where they need it.

Sorting is left to numpy, whose vectorised sort no loop of ours would beat, and what a binary search in the sorted
column answers (bin counts) needs no kernel.  What is left is the walk along two sorted columns.  Compiled code is
cached beside this file, or where ``NUMBA_CACHE_DIR`` says; the first call of a fresh installation compiles.
"""

from __future__ import annotations

import numpy as np
from numba import float64, njit, types
from numpy.typing import NDArray

# A signature on read-only arrays also takes writable ones: one compilation serves both.
_COLUMN = types.Array(float64, 1, "C", readonly=True)


def _widest_gap(a, b, a_weight, b_weight):  # type: ignore[no-untyped-def]
    n, m = a.size, b.size
    i = j = 0
    widest = 0.0
    while i < n and j < m:
        value = a[i] if a[i] <= b[j] else b[j]
        # Both distribution functions jump at a tie; they may be compared only after the last equal value.
        while i < n and a[i] == value:
            i += 1
        while j < m and b[j] == value:
            j += 1
        widest = max(widest, abs(i * a_weight - j * b_weight))
    # Once one side is used up the other only rises, so the widest gap left is the one at the end.
    return max(widest, abs(n * a_weight - m * b_weight))


_compiled = njit(float64(_COLUMN, _COLUMN, float64, float64), cache=True, nogil=True)(_widest_gap)


def ks_distance(
    reference: NDArray[np.float64], current: NDArray[np.float64], reference_weight: float, current_weight: float
) -> float:
    """Return the exact two-sample Kolmogorov–Smirnov distance D of two sorted columns without NaN.

    Each array has shape (rows,) in rising order, ties and infinities allowed, either may be empty.  A weight is what
    one value adds to its side's distribution function.  Weights that sum to less than one leave the rest to missing
    values, which count as one value above all others: the difference of the missing shares is then part of D.
    """
    return float(
        _compiled(
            np.ascontiguousarray(reference, np.float64),
            np.ascontiguousarray(current, np.float64),
            reference_weight,
            current_weight,
        )
    )
