"""Rules about monitoring windows: each holds enough rounds of the monitor, and none is left between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

_INTERVAL: Path = ("monitoring", "interval")
LEAST_TREND_POINTS = 5
"""Fewer points show no trend."""


def hold_rounds(subject: Subject) -> Iterator[Diagnostic]:
    """MG236."""
    monitoring = subject.spec.monitoring
    if StageName.MODEL_MONITORING not in subject.spec.pipeline.stages:
        return
    interval = monitoring.interval
    drift, concept = monitoring.drift_detection.window, monitoring.concept_drift.window
    trend = monitoring.regression_detection.trend_analysis_window
    if interval > drift:
        gap = f"rows of {format_duration(interval - drift)} between two rounds are never looked at"
        yield _finding(subject, ("monitoring", "drift_detection", "window"), drift, gap)
    if interval > concept:
        yield _finding(subject, ("monitoring", "concept_drift", "window"), concept, "it never holds a whole round")
    if trend < LEAST_TREND_POINTS * interval:
        few = f"it holds fewer than {LEAST_TREND_POINTS} rounds, which show no trend"
        yield _finding(subject, ("monitoring", "regression_detection", "trend_analysis_window"), trend, few)


def _finding(subject: Subject, path: Path, window: timedelta, why: str) -> Diagnostic:
    interval = format_duration(subject.spec.monitoring.interval)
    return Diagnostic(
        "MG236",
        f"{dotted(path[1:])} {format_duration(window)} is short for a monitor that looks every {interval}: {why}",
        subject.first_written(path, _INTERVAL),
        Severity.WARNING,
        help="widen the window, or shorten monitoring.interval",
        related=subject.origin(*(str(part) for part in (_INTERVAL if path in subject.written else path))),
    )
