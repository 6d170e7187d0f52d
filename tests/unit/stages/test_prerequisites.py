"""What the rule says of a pipeline is what the runner would say of it."""

from __future__ import annotations

from itertools import combinations

from mlops_gitops.compiler.rules.stages import NEEDS
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.pipeline.graph import steps_of
from mlops_gitops.spec.stages import StageName
from mlops_gitops.stages import STAGES


def runs(chosen: tuple[StageName, ...]) -> bool:
    try:
        steps_of(chosen, STAGES)
    except UsageError:
        return False
    return True


def test_the_rule_and_the_runner_agree_on_every_pipeline() -> None:
    for count in range(1, len(StageName) + 1):
        for chosen in combinations(StageName, count):
            lacking = [stage for stage in chosen if NEEDS.get(stage, stage) not in chosen]
            assert runs(chosen) == (not lacking), chosen
