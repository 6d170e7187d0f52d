"""A run's record together with the files that it names: what a page of the run is drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def with_history(root: Path, run: Mapping[str, Any]) -> dict[str, Any]:
    """A run's record with the losses of its training, where the run left them."""
    from mlops_gitops.portal.run_record import history_file

    name = history_file(run)
    file = root / name if name else None
    rows = json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else []
    return {**run, "history": rows}
