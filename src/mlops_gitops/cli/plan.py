"""``plan``: what the step from a base revision to the work tree (or another revision) means."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from mlops_gitops.diagnostics import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two sides, and the form."""
    parser.add_argument("--base", metavar="REV", default="HEAD", help="compare with this revision (default: HEAD)")
    parser.add_argument("--head", metavar="REV", help="the changed side (default: the work tree)")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="how it is shown")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where anything would change")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0, or 1 with ``--exit-code`` where anything would change."""
    from mlops_gitops import wiring
    from mlops_gitops.plan.text import as_markdown, as_text
    from mlops_gitops.usecases.plan import plan

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    base = repository.tree(arguments.base)
    head = repository.tree(arguments.head) if arguments.head else wiring.work_tree(root)
    result = plan(base, head, (arguments.base, arguments.head or "work tree"))
    if arguments.format == "json":
        document = {
            "base": result.base,
            "head": result.head,
            "objects": asdict(result.objects),
            "accelerators": list(result.gpus),
            "projects": [
                {
                    "project": one.project,
                    "only_compiler": one.only_compiler,
                    "changes": [change.to_plain() for change in one.changes],
                }
                for one in result.projects
            ],
            "warnings": list(result.warnings),
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print(as_markdown(result) if arguments.format == "markdown" else as_text(result))
    return int(ExitCode.ANSWER_NO if arguments.exit_code and not result.empty else ExitCode.DONE)
