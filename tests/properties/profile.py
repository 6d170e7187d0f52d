"""How many examples: few and always the same ones in the usual run, as many as asked for in a long one.

``PROPERTY_EXAMPLES=20000 pytest tests/properties`` (or ``make fuzz``) looks for new ones, and says how to repeat one.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

_ASKED = int(os.environ.get("PROPERTY_EXAMPLES", "0"))


def examples(usual: int) -> Any:
    """Settings for one property."""
    return settings(
        max_examples=_ASKED or usual,
        derandomize=not _ASKED,
        database=None,
        deadline=None,
        print_blob=bool(_ASKED),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
