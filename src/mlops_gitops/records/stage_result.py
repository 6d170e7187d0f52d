"""What a stage leaves behind: its outputs by name, what it measured, and how its gates were judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class StageStatus(Enum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"  # a gate was not met
    ERROR = "error"  # it crashed, timed out, or could not start
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate: what was measured against which limit; ``sign`` is ``≥`` or ``≤``; ``low``/``high`` a 95 % interval."""

    name: str
    measured: float
    sign: str
    limit: float
    passed: bool
    low: float | None = None
    high: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class StageResult:
    """The result file of one stage.

    ``outputs`` maps an output's name to its file, relative to the stage's output folder; ``metrics`` are numbers;
    ``summary`` is the one line that a person sees; ``details`` is plain data for the report.
    """

    stage: str
    status: StageStatus
    summary: str
    gates: tuple[GateResult, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "status": self.status.value}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> StageResult:
        """The reverse of ``to_plain``; raises ``KeyError``/``TypeError``/``ValueError`` on a damaged file."""
        gates = tuple(GateResult(**gate) for gate in plain["gates"])
        return cls(**{**plain, "status": StageStatus(plain["status"]), "gates": gates})
