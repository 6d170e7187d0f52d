"""What the runner needs of the outside, in one value that ``wiring`` fills."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.ports.clock import Clock
from mlops_gitops.ports.data_store import DataStore
from mlops_gitops.ports.model_store import ModelStore
from mlops_gitops.ports.processes import Processes
from mlops_gitops.ports.run_store import RunStore
from mlops_gitops.ports.stage_cache import StageCache
from mlops_gitops.ports.tracking import Tracking
from mlops_gitops.records.project import Project

DEFAULT_WORKER = (sys.executable, "-m", "mlops_gitops.stages.worker")


@dataclass(frozen=True, slots=True)
class RunServices:
    """``root`` is the repository's, absolute; ``worker`` the command that runs one stage from a request file.

    ``released`` gives the version numbers that git knows of a project, by the digest of their contents.
    """

    root: Path
    cache: StageCache
    processes: Processes
    tracking: Tracking
    runs: RunStore
    clock: Clock
    data: DataStore
    models: ModelStore
    worker: tuple[str, ...] = DEFAULT_WORKER
    fellow: int = 0
    """Which of several machines that train together this is; the first one keeps what they make."""
    released: Callable[[Project], Mapping[str, int]] = lambda project: {}
