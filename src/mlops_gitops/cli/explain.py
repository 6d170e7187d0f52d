"""``explain``: what a finding's code means; or what is in force for a key, and where it came from."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from mlops_gitops.cli.rule_page import page
from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.compiler.explain import Explanation, Origin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A code, or a project and a key."""
    parser.add_argument("subject", metavar="CODE|PROJECT", help="a finding's code like MG214, or a project")
    parser.add_argument("key", nargs="?", metavar="KEY", help="a key of the project, like testing.thresholds.recall")
    parser.add_argument("--environment", metavar="ENV", default="", help="as it is in this environment")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0; 2 where there is no such code, project, environment or key."""
    if arguments.key is None:
        sys.stdout.write(page(arguments.subject))
        return int(ExitCode.DONE)
    from mlops_gitops import wiring
    from mlops_gitops.usecases.explain import explain

    root = wiring.find_root(arguments.root)
    project = wiring.project_of(root, arguments.subject)
    found = explain(wiring.work_tree(root), project, arguments.key, arguments.environment)
    print("\n".join(_lines(arguments.key, arguments.environment, found)))
    return int(ExitCode.DONE)


def _lines(key: str, environment: str, found: Explanation) -> list[str]:
    where = f" in {environment}" if environment else ""
    lines = [f"{key} = {_shown(found.value)}{where}"]
    if found.meaning:
        lines.append(f"  {found.meaning}")
    rows = [(str(origin.place or origin.layer), _said(origin)) for origin in found.origins]
    width = max((len(place) for place, _ in rows), default=0)
    for number, (place, said) in enumerate(rows):
        counts = "" if number else "  <- counts" if not isinstance(found.value, dict) else ""
        lines.append(f"    {place:{width}}  {said}{counts}")
    return lines


def _said(origin: Origin) -> str:
    return "taken away" if origin.removed else _shown(origin.value)


def _shown(value: object) -> str:
    """On one line: lists and sections as JSON, which is YAML too."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
