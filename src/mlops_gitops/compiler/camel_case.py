"""The names of alerts are in camel case, in which two metrics may look alike."""

from __future__ import annotations

from functools import lru_cache

from mlops_gitops.spec.spelling import spelling


@spelling
@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    """``fraud-detection`` and ``f1_score`` as ``FraudDetection`` and ``F1Score``."""
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
