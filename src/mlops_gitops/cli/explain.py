"""``explain``: what a finding's code means; what is in force for a key; or what went into a line of a rendered file."""

from __future__ import annotations

import argparse
import re
import sys

from mlops_gitops.cli.rule_page import page
from mlops_gitops.diagnostics import ExitCode, UsageError

_LINE = re.compile(r"(.+?):(\d+)(?::\d+)?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A code, a line of a rendered file, or a project and a key."""
    what = "a finding's code like MG214, a line of a rendered file, or a project"
    parser.add_argument("subject", metavar="CODE|FILE:LINE|PROJECT", help=what)
    parser.add_argument("key", nargs="?", metavar="KEY", help="a key of the project, like testing.thresholds.recall")
    parser.add_argument("--environment", metavar="ENV", default="", help="a key as it is in this environment")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the answer is told")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0; 2 where there is no such code, file, line, project, environment or key; 4 for an edited file."""
    if arguments.key is not None:
        return _key(arguments)
    if place := _LINE.fullmatch(arguments.subject):
        return _line(arguments, place[1], int(place[2]))
    if "/" in arguments.subject:
        raise UsageError(
            f"`{arguments.subject}` names no line", todo="add the number of the line, as in serving/service.yaml:6"
        )
    if arguments.format != "text":
        raise UsageError("the page of a code is text", todo="drop --format")
    sys.stdout.write(page(arguments.subject))
    return int(ExitCode.DONE)


def _key(arguments: argparse.Namespace) -> int:
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


def _line(arguments: argparse.Namespace, file: str, line: int) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.cli.explained_line import as_json, as_text
    from mlops_gitops.usecases.explain_line import explain_line

    if arguments.environment:
        raise UsageError("a rendered file is of one environment already", todo="drop --environment")
    root = wiring.find_root(arguments.root)
    found = explain_line(wiring.work_tree(root), wiring.path_in(root, file), line)
    if arguments.format == "json":
        sys.stdout.write(as_json(found))
    else:
        print("\n".join(as_text(found, sys.stdout)))
    return int(ExitCode.DONE)
