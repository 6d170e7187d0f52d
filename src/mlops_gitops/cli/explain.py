"""``explain``: what a finding's code means; or what is in force for a key, and where it came from."""

from __future__ import annotations

import argparse
import sys

from mlops_gitops.cli.rule_page import page
from mlops_gitops.diagnostics import ExitCode, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A code, or a project and a key."""
    parser.add_argument("subject", metavar="CODE|PROJECT", help="a finding's code like MG214, or a project")
    parser.add_argument("key", nargs="?", metavar="KEY", help="a key of the project, like testing.thresholds.recall")
    parser.add_argument("--environment", metavar="ENV", default="", help="as it is in this environment")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the answer is told")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0; 2 where there is no such code, project, environment or key."""
    if arguments.key is None:
        if arguments.format != "text":
            raise UsageError("the page of a code is text", todo="drop --format")
        sys.stdout.write(page(arguments.subject))
        return int(ExitCode.DONE)
    from mlops_gitops import wiring
    from mlops_gitops.cli.explained_key import as_json, as_text
    from mlops_gitops.usecases.explain import explain

    root = wiring.find_root(arguments.root)
    project = wiring.project_of(root, arguments.subject)
    found = explain(wiring.work_tree(root), project, arguments.key, arguments.environment)
    if arguments.format == "json":
        sys.stdout.write(as_json(found, project, arguments.environment))
    else:
        print("\n".join(as_text(found, arguments.environment, sys.stdout)))
    return int(ExitCode.DONE)
