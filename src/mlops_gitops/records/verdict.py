"""The detector's word: per metric and per column what changed, whether it counts, and how bad it is altogether."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Outcome(Enum):
    """The overall word."""

    PASSED = "PASSED"
    WARNING = "WARNING"
    FAILED = "FAILED"
    NOT_ENOUGH_DATA = "NOT ENOUGH DATA"


class VerdictSeverity(Enum):
    """How bad: it chooses remedy and escalation."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric, baseline against current.

    ``absolute`` = current − baseline, ``relative`` = absolute / baseline (``None`` at baseline 0), ``low``/``high`` the
    95 % interval of the absolute change, ``p_value`` after correction, ``regressed``: beyond the threshold in the bad
    direction and significant.
    """

    name: str
    baseline: float
    current: float
    absolute: float
    relative: float | None
    low: float
    high: float
    p_value: float
    threshold: float
    exceeds_threshold: bool
    significant: bool
    regressed: bool
    test: str
    baseline_samples: int
    current_samples: int


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column: ``statistic`` is the exact KS distance D (numeric) or Cramér's V (category); PSI; corrected p."""

    name: str
    kind: str
    statistic: float
    psi: float
    p_value: float
    drifted: bool
    effect: str


@dataclass(frozen=True, slots=True)
class FormerComparison:
    """The former version on the same labelled rows: its recall, and McNemar's p for the difference."""

    version: int
    metric: str
    current: float
    former: float
    p_value: float
    former_is_better: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a round of detection found; as JSON it is the evidence that a remedy's commit names by digest."""

    project: str
    environment: str
    model_version: int
    model_digest: str
    outcome: Outcome
    severity: VerdictSeverity
    rows: int
    labelled_rows: int
    metrics: tuple[MetricChange, ...]
    columns: tuple[ColumnDrift, ...]
    former: FormerComparison | None = None
    reasons: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "outcome": self.outcome.value, "severity": self.severity.value}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Verdict:
        """The reverse of ``to_plain``; raises ``KeyError``/``TypeError``/``ValueError`` on a damaged file."""
        former = plain.get("former")
        return cls(
            **{
                **plain,
                "outcome": Outcome(plain["outcome"]),
                "severity": VerdictSeverity(plain["severity"]),
                "metrics": tuple(MetricChange(**row) for row in plain["metrics"]),
                "columns": tuple(ColumnDrift(**row) for row in plain["columns"]),
                "former": FormerComparison(**former) if former else None,
                "reasons": tuple(plain["reasons"]),
            }
        )
