"""Which stages a run consists of, in which order, and who makes what each one needs.

A pipeline may leave stages out.  What a stage then lacks is made by a stage that can be done with defaults (cleaning
and splitting, say), which is put in front of it; where no default is possible the error names the stage to add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.pipeline.stage import Stage
from mlops_gitops.spec.stages import StageName


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a run; ``implicit``: the configuration does not name it."""

    stage: Stage
    implicit: bool = False

    @property
    def name(self) -> str:
        """The stage's name as it is written."""
        return self.stage.name.value


def steps_of(chosen: Sequence[StageName], stages: Mapping[StageName, Stage]) -> tuple[Step, ...]:
    """All steps of a pipeline that names ``chosen``; raises ``UsageError`` naming a stage that must be added."""
    steps: list[Step] = []
    for name in chosen:
        if name not in stages:
            known = ", ".join(one.value for one in stages)
            raise UsageError(f"stage {name.value} is not supported yet", todo=f"supported are {known}")
        _add_makers(stages[name], chosen, stages, steps)
        steps.append(Step(stages[name]))
    return tuple(steps)


def _add_makers(
    stage: Stage, chosen: Sequence[StageName], stages: Mapping[StageName, Stage], steps: list[Step]
) -> None:
    """Put in front of ``stage`` what makes its missing inputs."""
    for needed in stage.inputs:
        if any(needed in step.stage.outputs for step in steps):
            continue
        maker = next(one for one in stages.values() if needed in one.outputs)
        if not maker.by_default or maker.name in chosen:
            raise UsageError(
                f"stage {stage.name.value} needs {needed}, which no earlier stage makes",
                where="pipeline.stages",
                todo=f"add {maker.name.value} before {stage.name.value}",
            )
        _add_makers(maker, chosen, stages, steps)
        steps.append(Step(maker, implicit=True))


def span(steps: Sequence[Step], first: StageName | None, last: StageName | None) -> tuple[Step, ...]:
    """The steps from ``first`` to ``last`` inclusive; raises ``UsageError`` where one of them is not in the run."""
    names = [step.stage.name for step in steps]
    for wanted in (first, last):
        if wanted is not None and wanted not in names:
            legal = ", ".join(name.value for name in names)
            raise UsageError(f"stage {wanted.value} is not part of this pipeline", todo=f"it has {legal}")
    begin = names.index(first) if first else 0
    end = names.index(last) if last else len(names) - 1
    if begin > end:
        raise UsageError(f"stage {names[begin].value} comes after {names[end].value}", todo="swap --from and --to")
    return tuple(steps[begin : end + 1])


def needed_before(steps: Sequence[Step], part: Sequence[Step]) -> tuple[Step, ...]:
    """The steps in front of ``part`` whose outputs it needs, directly or not, in order; acting ones are left out."""
    wanted = {name for step in part for name in step.stage.inputs}
    found: list[Step] = []
    for step in reversed(steps[: list(steps).index(part[0])]):
        if wanted & set(step.stage.outputs) and not step.stage.acts:
            found.insert(0, step)
            wanted |= set(step.stage.inputs)
    return tuple(found)
