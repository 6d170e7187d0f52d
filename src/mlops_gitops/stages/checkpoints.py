"""Where a training saves its progress, so that an evicted pod goes on instead of starting anew.

A rendered Job that keeps checkpoints names a folder on its claim in ``MLOPS_GITOPS_CHECKPOINTS``.  Below it each
training has a folder of its own, named by its key: other data, code or settings never go on from these weights.  A
project's training function with a parameter ``checkpoints`` is given that folder, or ``None`` where there is none.
"""

from __future__ import annotations

import inspect
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.project import Project
from mlops_gitops.stages.fellow_worker import VARIABLE as TF_CONFIG
from mlops_gitops.stages.fellow_worker import fellow_worker

VARIABLE, PARAMETER = "MLOPS_GITOPS_CHECKPOINTS", "checkpoints"


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of one training, and whether its function takes one."""

    folder: Path | None
    taken: bool

    @property
    def arguments(self) -> dict[str, Any]:
        """What the training function is called with besides the data."""
        return {PARAMETER: self.folder} if self.taken else {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Said where checkpoints are wanted and nothing writes them."""
        if self.folder is None or self.taken:
            return ()
        return (f"checkpoints are wanted, and the training function has no parameter `{PARAMETER}` to save them with",)

    def drop(self) -> None:
        """The training is through: the first worker makes room on the claim."""
        if self.folder is not None and fellow_worker(os.environ.get(TF_CONFIG, "")) == 0:
            shutil.rmtree(self.folder, ignore_errors=True)


def of_training(project: Project, train: Callable[..., Any]) -> Checkpoints:
    """The folder, made where it is not there yet; raises ``OutsideError`` where it cannot be."""
    taken = PARAMETER in inspect.signature(train).parameters
    above = os.environ.get(VARIABLE)
    if not above:
        return Checkpoints(None, taken)
    folder = Path(above) / project.name / project.training_key.removeprefix("sha256:")[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        todo = "look at the claim for checkpoints"
        raise OutsideError("no checkpoint can be saved", where=str(folder), why=str(error), todo=todo) from error
    return Checkpoints(folder, taken)
