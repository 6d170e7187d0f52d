"""The names of alerts are in camel case, in which two metrics may look alike."""

from __future__ import annotations


def camel(name: str) -> str:
    """``fraud-detection`` and ``f1_score`` as ``FraudDetection`` and ``F1Score``."""
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
