"""The one contract of all stages: what a stage reads and writes, what it measures, and how that is judged.

Measuring and judging are two functions on purpose.  ``run`` is dear and its result is kept under a cache key;
``gates`` is cheap and pure, so that a changed limit is judged anew on the kept measurement and nothing trains again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mlops_gitops.ports.deployer import Deployer
from mlops_gitops.ports.service_probe import ServiceProbe
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.records.stage_result import GateResult
from mlops_gitops.spec.stages import StageName


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a stage found out, before anyone judges it.

    ``metrics`` are finite numbers, ``intervals`` 95 % intervals of some of them, ``outputs`` maps an output's name to
    its file or folder below the stage's own folder, ``details`` is plain data for reports.  ``partial`` says that the
    stage stopped early at a limit, so that other limits need a new measurement.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    partial: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Measurement:
        """The reverse of ``to_plain``; raises ``KeyError``/``TypeError``/``ValueError`` on a damaged file."""
        intervals = {name: (float(low), float(high)) for name, (low, high) in plain["intervals"].items()}
        return cls(**{**plain, "intervals": intervals, "warnings": tuple(plain["warnings"])})


@dataclass(frozen=True, slots=True)
class Services:
    """What stages that act on the outside world need; a stage without its service says so."""

    deployer: Deployer | None = None
    probe: ServiceProbe | None = None


@dataclass(frozen=True, slots=True)
class StageInput:
    """All that a stage's ``run`` may use: ``inputs`` are files of earlier stages by output name, ``out`` its folder.

    ``implicit`` marks a stage that the pipeline leaves out and that is done with defaults because a later one needs
    its outputs.  ``release`` is the registered version, for the stages behind registration.
    """

    root: Path
    project: Project
    inputs: Mapping[str, Path]
    out: Path
    implicit: bool = False
    environment: str = ""
    release: ReleasedModel | None = None
    services: Services = Services()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.root / self.project.folder


Gates = tuple[GateResult, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    ``uses`` are outputs that are read where an earlier stage of the pipeline made them, and done without elsewhere;
    ``compares`` marks a stage that is shown the package that serves today as well, under the input name `serving`.
    ``parameters`` gives the part of the configuration that decides what ``run`` makes: never a gate's limit.
    ``acts`` marks a stage that changes or observes the outside world and is therefore never cached; ``by_default``
    one that may be done unasked where a later stage needs its outputs; ``reads_source`` one that reads the data file;
    ``together`` one that several machines carry out at once, each waiting for the others.
    """

    name: StageName
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    run: Callable[[StageInput], Measurement]
    gates: Callable[[Project, Measurement], Gates]
    summary: Callable[[Project, Measurement], str]
    parameters: Callable[[Project], Plain]
    acts: bool = False
    by_default: bool = False
    reads_source: bool = False
    uses: tuple[str, ...] = ()
    compares: bool = False
    together: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Every output of earlier stages that it may read."""
        return (*self.inputs, *self.uses)
