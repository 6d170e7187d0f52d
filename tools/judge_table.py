"""Prints the table of what is rendered and who judged it, with counts: for release notes and ``docs/judges.md``.

python tools/judge_table.py
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.judges.documents import Document, documents, tree_names  # noqa: E402
from tests.judges.schemas import VERSIONS, is_custom  # noqa: E402

_SERVER = f"API schemas {VERSIONS[0]}–{VERSIONS[-1]}, API server 1.36 (strict), checkov"
_CUSTOM = "CRD schema, API server 1.36 (strict), checkov"
JUDGES = {
    "gitlab": "GitLab's CI schema, gitlab-ci-local, checkov",
    "workflow": "GitHub's workflow schema, actionlint, checkov",
    "dockerfile": "hadolint, checkov",
    "rules": "promtool check rules",
    "rules_test": "promtool test rules",
    "text_proto": "protobuf's own parser",
    "alertmanager": "amtool check-config, amtool config routes test",
    "dashboard": "Grafana's own types, promtool",
    "own": "this project's own schemas and readers",
}


def _row(found: Document) -> tuple[str, str]:
    if found.kind != "object":
        return found.kind.replace("_", " "), JUDGES.get(found.kind, "nobody")
    group, kind = found.body["apiVersion"].rpartition("/")[0], found.body["kind"]
    custom = is_custom(group)
    judges = _CUSTOM if custom else _SERVER
    return f"{kind} ({group or 'core'})", f"promtool, {judges}" if kind == "PrometheusRule" else judges


def main() -> None:
    """Print the table, as markdown."""
    trees = tree_names()
    counts = {tree: Counter(map(_row, documents(tree))) for tree in trees}
    rows = sorted({row for counted in counts.values() for row in counted}, key=lambda row: (row[1], row[0]))
    print(f"| rendered | judges | {' | '.join(trees)} | all |")
    print(f"|---|---|{'--:|' * (len(trees) + 1)}")
    for row in rows:
        here = [counts[tree][row] for tree in trees]
        print(f"| {row[0]} | {row[1]} | {' | '.join(map(str, here))} | {sum(here)} |")
    totals = [sum(counts[tree].values()) for tree in trees]
    print(f"| all | | {' | '.join(map(str, totals))} | {sum(totals)} |")


if __name__ == "__main__":
    main()
