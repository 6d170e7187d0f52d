"""Writes docs/rules/README.md, the list of all codes of findings: `python tools/rules_index.py`.

A code's line is the title of its page; its severity is what the fixtures of `tests/diagnostics/` show, or the page
itself where the finding is about a change. What a waiver excuses is a note; few are notes by themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "docs" / "rules"
INDEX = RULES / "README.md"
FIXTURES = ROOT / "tests" / "diagnostics"

HEAD = """# Findings

Every finding has a code, a place, and a page here that says why it is one and how to mend it; `mlops-gitops explain
MG203` prints that page. An error stops every verb before anything is written; a warning is only shown, and so is a
note, which is what a finding becomes that a waiver excuses ([policy](../policy.md)). This list is made from the pages
by `python tools/rules_index.py`.
"""

GROUPS = (
    ("Files and language", 100, 139),
    ("What a project's settings mean together", 200, 249),
    ("Training on Kubernetes: resources, devices, environments", 250, 259),
    ("Serving and monitoring", 260, 269),
    ("CI", 270, 279),
    ("Across projects", 280, 289),
    ("What is supported", 300, 309),
    ("Policy", 400, 449),
    ("Secrets", 450, 459),
)
"""Title, and the first and last number of its codes."""


def pages() -> dict[str, str]:
    """The titles of all pages, by code."""
    heads = (page.read_text(encoding="utf-8").partition("\n")[0] for page in sorted(RULES.glob("MG*.md")))
    return {code: title for code, _, title in (head.removeprefix("# ").partition(": ") for head in heads)}


def severities() -> dict[str, set[str]]:
    """How much each code's findings weigh, wherever a fixture or a page shows one."""
    found = defaultdict[str, set[str]](set)
    for file in (*FIXTURES.glob("*.txt"), *RULES.glob("MG*.md")):
        text = file.read_text(encoding="utf-8")
        shown = re.findall(r": (error|warning|note)\[(MG\d{3})\]", text)
        for severity, code in (*shown, *re.findall(r"^new (error|warning): .*\[(MG\d{3})\]$", text, re.MULTILINE)):
            found[code].add(severity)
    return defaultdict(set, {code: weights - {"note"} or weights for code, weights in found.items()})


def index() -> str:
    """The page; raises ``ValueError`` for a code that no group holds."""
    titles, weights, parts = pages(), severities(), [HEAD]
    for name, first, last in GROUPS:
        codes = [code for code in titles if first <= int(code[2:]) <= last]
        lines = [f"| [{one}]({one}.md) | {' or '.join(sorted(weights[one]))} | {titles.pop(one)} |" for one in codes]
        if lines:
            parts.append("\n".join([f"## {name}", "", "| code | severity | what |", "|---|---|---|", *lines, ""]))
    if titles:
        raise ValueError(f"no group of tools/rules_index.py holds {', '.join(titles)}")
    return "\n".join(parts)


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
