"""Where ``rendered/`` is made before it is swapped in: known without loading what does either."""

from __future__ import annotations

from pathlib import Path

STAGING = "rendered/.mlops-gitops"


def half_done(root: Path) -> bool:
    """Whether a render is at work, or was killed."""
    return (root / STAGING).exists()
