"""Gates compared: thresholds and stage limits, each tightened or loosened in its own direction."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.plan.change import Change, Effect
from mlops_gitops.spec.metrics import Direction, find_metric
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stages import StageName


def compare(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    """Threshold by threshold, then the limits of each stage that runs."""
    yield from _thresholds(before, after)
    yield from _stage_limits(before, after)


def _thresholds(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    old, new = before.testing.thresholds, after.testing.thresholds
    for name in (*old, *(name for name in new if name not in old)):
        metric = find_metric(name)
        higher = metric is None or metric.direction is Direction.HIGHER
        yield from _limit(name, old.get(name), new.get(name), higher_is_tighter=higher)


def _stage_limits(before: ProjectSpec, after: ProjectSpec) -> Iterator[Change]:
    for stage in StageName:
        old, new = before.pipeline.stage_options.of(stage), after.pipeline.stage_options.of(stage)
        for field in type(new).model_fields:
            if field.startswith(("min_", "max_")):
                pair = getattr(old, field), getattr(new, field)
                name = f"{stage.value} {field[4:]}"
                if all(isinstance(value, int | float) for value in pair):
                    yield from _limit(name, *pair, higher_is_tighter=field.startswith("min_"))


def _limit(name: str, old: float | None, new: float | None, *, higher_is_tighter: bool) -> Iterator[Change]:
    if old == new:
        return
    if old is None:
        yield Change("gate", f"{name} {new:g}", Effect.TIGHTER, "new gate")
    elif new is None:
        yield Change("gate", f"{name} {old:g} → none", Effect.WEAKER, "gate removed")
    else:
        tighter = (new > old) == higher_is_tighter
        yield Change("gate", f"{name} {old:g} → {new:g}", Effect.TIGHTER if tighter else Effect.WEAKER)
