"""The stack table as a page shows it: which choices there are, which are rendered today, which each profile takes."""

from __future__ import annotations

from typing import get_args

from mlops_gitops.spec.stack import AREAS, Area, Profile

BEGIN, END = "<!-- stack table: made by tools/support_table.py -->", "<!-- end of the stack table -->"


def support_table() -> str:
    """The table as markdown, one row an area; made from the table that the compiler itself goes by."""
    profiles = get_args(Profile)
    head = ["`stack.` key", "rendered or run today", *(f"default: {name}" for name in profiles), "refused (MG301)"]
    lines = [_row(head), _row(["---"] * len(head))]
    for area in AREAS:
        refused = [choice for choice in area.choices if choice not in area.supported]
        defaults = [_default(area, profile) for profile in profiles]
        lines.append(_row([f"`{area.name}`", _listed(area.supported), *defaults, _listed(refused)]))
    return "\n".join(lines)


def with_table(page: str) -> str:
    """A page with the table of today between its two marks; raises ``ValueError`` where they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no marks for the stack table")
    return f"{before}{BEGIN}\n\n{support_table()}\n\n{END}{after}"


def _default(area: Area, profile: str) -> str:
    usual, local = area.default(profile), area.default(profile, local=True)
    if usual is None:
        return ""
    return f"`{usual}`" if usual == local else f"`{usual}`; on a local cluster `{local}`"


def _listed(choices: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
