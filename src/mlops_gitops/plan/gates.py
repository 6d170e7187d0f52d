"""Gates compared: thresholds, test categories, stage limits and service levels, each tightened or loosened.

Which way is tighter belongs to the limit: a metric's own direction, a stage limit's ``min_`` or ``max_``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from mlops_gitops.plan.change import Change, Effect
from mlops_gitops.spec.metrics import Direction, find_metric
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

Limit = float | timedelta | None

# Paths of the spec that are compared here, so that no other comparison tells of them again.
GATE_PATHS = ("testing.thresholds", "testing.categories")

# Limits outside of stages, by path: whether a higher value is the tighter one.
_LIMITS = {
    "serving.slo.latency": False,
    "serving.slo.availability": True,
    "serving.slo.throughput": True,
    "testing.robustness.max_accuracy_drop": False,
    "monitoring.regression_detection.performance_threshold": False,
    "monitoring.drift_detection.psi_threshold": False,
    "monitoring.drift_detection.min_effect": False,
    "monitoring.concept_drift.max_accuracy_drop": False,
    "monitoring.max_attack_success": False,
}


def is_gate(path: str) -> bool:
    """Whether a dotted path of the spec is a limit that this module compares."""
    stage_limit = path.startswith("pipeline.stage_options.") and path.rpartition(".")[2].startswith(("min_", "max_"))
    return stage_limit or path in _LIMITS or any(path == one or path.startswith(f"{one}.") for one in GATE_PATHS)


def compare(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    """Threshold by threshold, then what is tested at all, then stage limits and service levels."""
    yield from _thresholds(before, after)
    yield from _categories(before, after)
    yield from _stage_limits(before, after)
    for path, higher in _LIMITS.items():
        yield from _limit(_said(path), (_at(before, path), _at(after, path)), higher_is_tighter=higher)


def limit_path(text: str) -> str:
    """The dotted path of the limit outside of stages that a change's text is about; empty where it is another gate."""
    return next((path for path in _LIMITS if text.startswith(f"{_said(path)} ")), "")


def _said(path: str) -> str:
    return " ".join(path.split(".")[1:])


def _at(spec: ProjectSpec, path: str) -> Limit:
    value: Any = spec
    for part in path.split("."):
        value = getattr(value, part)
    limit: Limit = value
    return limit


def _thresholds(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    old, new = (_by_metric(spec.testing.thresholds) for spec in (before, after))
    for name in dict.fromkeys((*old, *new)):
        higher = _higher_is_better(name, before, after)
        yield from _limit(name, (old.get(name), new.get(name)), higher_is_tighter=higher)


def _higher_is_better(name: str, *specs: ProjectSpec) -> bool:
    """The metric's own direction: of the metric table, else as the project declares it."""
    if metric := find_metric(name):
        return metric.direction is Direction.HIGHER
    own = next((found for spec in reversed(specs) if (found := spec.monitoring.custom_metrics.get(name))), None)
    return own is None or own.direction == "higher"


def _by_metric(thresholds: Mapping[str, float]) -> dict[str, float]:
    """Under each metric's own name, so that an alias is no other gate."""
    return {(metric.name if (metric := find_metric(name)) else name): limit for name, limit in thresholds.items()}


def _categories(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    old, new = before.testing.categories, after.testing.categories
    for category in old:
        if category not in new:
            yield Change("gate", category.value, Effect.WEAKER, "no longer run")
    for category in new:
        if category not in old:
            yield Change("gate", category.value, Effect.TIGHTER, "new test")


def _stage_limits(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    for stage in StageName:
        old, new = before.pipeline.stage_options.of(stage), after.pipeline.stage_options.of(stage)
        for field in type(new).model_fields:
            if field.startswith(("min_", "max_")):
                pair = getattr(old, field), getattr(new, field)
                yield from _limit(f"{stage.value} {field}", pair, higher_is_tighter=field.startswith("min_"))


def _limit(name: str, pair: tuple[Limit, Limit], *, higher_is_tighter: bool) -> Iterator[Change]:
    old, new = (_number(limit) for limit in pair)
    before, after = (_shown(limit) for limit in pair)
    if old == new:
        return
    if old is None or new is None:
        gone = new is None
        text = f"{name} {before} → none" if gone else f"{name} {after}"
        yield Change("gate", text, Effect.WEAKER if gone else Effect.TIGHTER, "gate removed" if gone else "new gate")
        return
    tighter = (new > old) == higher_is_tighter
    yield Change("gate", f"{name} {before} → {after}", Effect.TIGHTER if tighter else Effect.WEAKER)


def _number(limit: Limit) -> float | None:
    return limit.total_seconds() if isinstance(limit, timedelta) else limit


def _shown(limit: Limit) -> str:
    if isinstance(limit, timedelta):
        return format_duration(limit)
    return "none" if limit is None else f"{limit:.12g}"
