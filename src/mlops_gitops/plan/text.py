"""A plan as text for a terminal, and as markdown for a merge-request comment."""

from __future__ import annotations

import re

from mlops_gitops.plan.change import Change, Effect, Plan, ProjectPlan

LIMIT = 60
_UNCHANGED = {True: "only the compiler changed (or rendered/ was not what its sources mean)", False: "no change"}


def as_text(plan: Plan) -> str:
    """Aligned columns: area, what, effect, environments."""
    lines = [f"{plan.base} → {plan.head}"]
    for project in plan.projects:
        lines.extend(_project_lines(project))
    return "\n".join([*lines, *(f"warning: {text}" for text in plan.warnings), _total(plan)])


def _project_lines(project: ProjectPlan) -> list[str]:
    if not project.changes:
        return [f"{project.project}: {_UNCHANGED[project.only_compiler]}"]
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
    lines = [f"### Plan: {_code(plan.base)} → {_code(plan.head)}", ""]
    for project in plan.projects:
        if not project.changes:
            lines += [f"**{project.project}**: {_UNCHANGED[True]}", ""] if project.only_compiler else []
            continue
        lines += [f"**{project.project}**", "", "| area | change | effect | environments |", "|---|---|---|---|"]
        lines += [
            f"| {change.area} | {_code(change.text)} | {_cell(change)} | {', '.join(change.environments)} |"
            for change in project.changes[:LIMIT]
        ]
        if len(project.changes) > LIMIT:
            lines.append(f"| … | {len(project.changes) - LIMIT} more | | |")
        lines.append("")
    if plan.empty:
        lines += ["No change.", ""]
    lines += [f"⚠ {_code(text)}\n" for text in plan.warnings]
    return "\n".join([*lines, _total(plan)])


def _cell(change: Change) -> str:
    effect = f"**{change.effect.value}**" if change.effect is Effect.WEAKER else change.effect.value
    return f"{effect}: {change.note}" if change.note else effect


def _code(text: str) -> str:
    """What somebody wrote, as code: nothing in it is markup, a link, or a person who is told."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    # A bar parts the cells of a table even in code; only a backslash keeps it.
    return f"{fence}{pad}{flat}{pad}{fence}".replace("|", "\\|")
