"""A plan as markdown for a merge-request comment: a table a project, never longer than a forge takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlops_gitops.plan import totals
from mlops_gitops.plan.change import Change, Effect, Finding, LiveChange, Plan, ProjectPlan
from mlops_gitops.plan.text import LIMIT, MOST_PROJECTS, ONLY_COMPILER

MARKER = "<!-- mlops-gitops plan -->"
"""The first line: by it a later plan finds its own earlier comment."""
MOST_CHARACTERS = 60_000
"""GitHub takes 65,536 characters a comment, GitLab a million."""


def as_markdown(plan: Plan) -> str:
    """The comment."""
    blocks = [f"{MARKER}\n### Plan: {code(plan.base)} → {code(plan.head)}"]
    loud = [project for project in plan.projects if not project.quiet]
    blocks.extend(_project(project) for project in loud[:MOST_PROJECTS])
    end = list(_end(plan, len(loud)))
    room = MOST_CHARACTERS - sum(len(block) + 2 for block in end)
    return "\n\n".join([*_fitting(blocks, room), *end])


def _fitting(blocks: list[str], room: int) -> Iterator[str]:
    """As many blocks as there is room for, then a word on the others."""
    for number, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0:
            yield f"… and {len(blocks) - number} more projects with changes: this comment is as long as it may be."
            return
        yield block


def _project(project: ProjectPlan) -> str:
    if project.only_compiler and not project.changes:
        return f"**{project.project}**: {ONLY_COMPILER}"
    lines = [f"**{project.project}**", "", "| area | change | effect | environments |", "|---|---|---|---|"]
    lines += [
        f"| {change.area} | {code(change.text)} | {_cell(change)} | {', '.join(change.environments)} |"
        for change in project.changes[:LIMIT]
    ]
    if len(project.changes) > LIMIT:
        lines.append(f"| … | {len(project.changes) - LIMIT} more | | |")
    return "\n".join(lines)


def _end(plan: Plan, loud: int) -> Iterator[str]:
    if loud > MOST_PROJECTS:
        yield f"… and {loud - MOST_PROJECTS} more projects with changes."
    if plan.empty:
        yield "No change."
    for word, found in (("new", plan.new_findings), ("fixed", plan.fixed_findings)):
        if found:
            yield _findings(word, found)
    if plan.live is not None:
        yield _live(plan.live)
    lines = [*totals.devices(plan), totals.object_counts(plan), totals.finding_counts(plan)]
    yield "\n".join(f"- {line}" for line in lines if line)


def _findings(word: str, found: tuple[Finding, ...]) -> str:
    most = 20
    sign = "⚠" if word == "new" else "✓"
    lines = [
        f"- {sign} {word} {one.severity} {one.code} {code(one.where)}: {code(one.message)}" for one in found[:most]
    ]
    if len(found) > most:
        lines.append(f"- … and {len(found) - most} more {word} findings")
    return "\n".join(lines)


def _live(found: tuple[LiveChange, ...]) -> str:
    told = [one for one in found if one.outcome != "unchanged"]
    lines = [f"Asked of the clusters: {len(found)} objects, {len(found) - len(told)} as they are."]
    lines += [f"- {one.environment} {code(one.object)} {one.outcome}" + (f": {code(one.why)}" if one.why else "")
              for one in told[:LIMIT]]  # fmt: skip
    return "\n".join(lines)


def _cell(change: Change) -> str:
    effect = f"**{change.effect.value}**" if change.effect is Effect.WEAKER else change.effect.value
    return f"{effect}: {change.note}" if change.note else effect


def code(text: str) -> str:
    """What somebody wrote, as code: nothing in it is markup, a link, or a person who is told."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    # A bar parts the cells of a table even in code; only a backslash keeps it.
    return f"{fence}{pad}{flat}{pad}{fence}".replace("|", "\\|")
