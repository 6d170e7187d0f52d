"""A plan as text for a terminal, and as markdown for a merge-request comment."""

from __future__ import annotations

from mlops_gitops.plan.change import Change, Plan, ProjectPlan

LIMIT = 60


def as_text(plan: Plan) -> str:
    """Aligned columns: area, what, effect, environments."""
    lines = [f"{plan.base} → {plan.head}"]
    for project in plan.projects:
        lines.extend(_project_lines(project))
    return "\n".join([*lines, *(f"warning: {text}" for text in plan.warnings), _total(plan)])


def _project_lines(project: ProjectPlan) -> list[str]:
    if not project.changes:
        return [f"{project.project}: {'only the compiler changed' if project.only_compiler else 'no change'}"]
    shown = project.changes[:LIMIT]
    widths = (max(len(change.area) for change in shown), max(len(change.text) for change in shown))
    lines = [project.project]
    for change in shown:
        what = f"  {change.area:{widths[0]}}  {change.text:{widths[1]}}  {_effect(change)}"
        lines.append(f"{what}  [{', '.join(change.environments)}]" if change.environments else what)
    if len(project.changes) > LIMIT:
        lines.append(f"  … and {len(project.changes) - LIMIT} more")
    return lines


def _effect(change: Change) -> str:
    return f"{change.effect.value}: {change.note}" if change.note else change.effect.value


def _total(plan: Plan) -> str:
    counts = plan.objects
    text = f"{counts.create} to create, {counts.change} to change, {counts.replace} to replace, {counts.prune} to prune"
    before, after = plan.gpus
    return text + (f" · accelerators {before} → {after}" if before or after else "")


def as_markdown(plan: Plan) -> str:
    """One table a project."""
    lines = [f"### Plan: {plan.base} → {plan.head}", ""]
    for project in plan.projects:
        if not project.changes:
            continue
        lines += [f"**{project.project}**", "", "| area | change | effect | environments |", "|---|---|---|---|"]
        lines += [
            f"| {change.area} | {_cell(change.text)} | {_cell(_effect(change))} | {', '.join(change.environments)} |"
            for change in project.changes[:LIMIT]
        ]
        if len(project.changes) > LIMIT:
            lines.append(f"| … | {len(project.changes) - LIMIT} more | | |")
        lines.append("")
    if plan.empty:
        lines += ["No change.", ""]
    lines += [f"⚠ {_cell(text)}" for text in plan.warnings]
    return "\n".join([*lines, _total(plan)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
