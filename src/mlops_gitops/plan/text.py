"""A plan as text for a terminal: a block a project, then the totals. Bounded, however much changes."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.plan import totals
from mlops_gitops.plan.change import Change, Finding, LiveChange, Plan, ProjectPlan

LIMIT = 60
"""Most changes shown of one project, and most findings."""
MOST_PROJECTS = 40
"""Most projects shown; the others are counted."""
_MOST_UNCHANGED = 5


def as_text(plan: Plan) -> str:
    """Aligned columns: area, what, effect, environments."""
    lines = [f"{plan.base} → {plan.head}"]
    loud = [project for project in plan.projects if not project.quiet]
    for project in loud[:MOST_PROJECTS]:
        lines.extend(_project_lines(project))
    lines.extend(_rest(plan, loud))
    lines.extend(_finding_lines("new", plan.new_findings))
    lines.extend(_finding_lines("fixed", plan.fixed_findings))
    lines.extend(_live_lines(plan.live))
    lines.extend(totals.devices(plan))
    last = (totals.object_counts(plan), totals.finding_counts(plan))
    return "\n".join([*lines, " · ".join(part for part in last if part)])


def _rest(plan: Plan, loud: list[ProjectPlan]) -> Iterator[str]:
    if len(loud) > MOST_PROJECTS:
        yield f"… and {len(loud) - MOST_PROJECTS} more projects with changes; --format json lists them all"
    quiet = [project.project for project in plan.projects if project.quiet]
    if len(quiet) > _MOST_UNCHANGED:
        yield f"{len(quiet)} projects: no change"
    else:
        yield from (f"{name}: no change" for name in quiet)


def _project_lines(project: ProjectPlan) -> list[str]:
    if project.only_compiler and not project.changes:
        return [f"{project.project}: {ONLY_COMPILER}"]
    shown = project.changes[:LIMIT]
    widths = (max(len(change.area) for change in shown), max(len(change.text) for change in shown))
    lines = [project.project]
    for change in shown:
        what = f"  {change.area:{widths[0]}}  {change.text:{widths[1]}}  {effect_text(change)}"
        lines.append(f"{what}  [{', '.join(change.environments)}]" if change.environments else what)
    if len(project.changes) > LIMIT:
        lines.append(f"  … and {len(project.changes) - LIMIT} more")
    return lines


ONLY_COMPILER = "only the compiler changed (or rendered/ was not what its sources mean)"


def effect_text(change: Change) -> str:
    """``weaker``, or ``replaced: data changed``."""
    return f"{change.effect.value}: {change.note}" if change.note else change.effect.value


def _finding_lines(word: str, found: tuple[Finding, ...]) -> Iterator[str]:
    for one in found[:LIMIT]:
        yield f"{word} {one.severity}: {one.where + ': ' if one.where else ''}{one.message} [{one.code}]"
    if len(found) > LIMIT:
        yield f"… and {len(found) - LIMIT} more {word} findings"


def _live_lines(found: tuple[LiveChange, ...] | None) -> Iterator[str]:
    if found is None:
        return
    told = [one for one in found if one.outcome != "unchanged"]
    same = len(found) - len(told)
    yield f"asked of the clusters: {len(found)} objects, {same} as they are"
    for one in told[:LIMIT]:
        yield f"  {one.environment}  {one.object}  {one.outcome}" + (f": {one.why}" if one.why else "")
    if len(told) > LIMIT:
        yield f"  … and {len(told) - LIMIT} more"
