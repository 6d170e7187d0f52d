"""``audit trace``: what serves in an environment, since when, by whose commit, on which evidence."""

from __future__ import annotations

import argparse
import json

from mlops_gitops.diagnostics import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``audit trace PROJECT --environment ENV``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="trace")
    trace = actions.add_parser("trace", help="what serves, and how it came to")
    trace.add_argument("project", metavar="PROJECT")
    trace.add_argument("--environment", required=True, metavar="ENV")
    trace.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where the history contradicts itself."""
    from mlops_gitops import wiring
    from mlops_gitops.audit.trace_text import format_trace
    from mlops_gitops.usecases.audit_trace import audit_trace
    from mlops_gitops.wiring import environments

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    trace = audit_trace(repository, arguments.project, arguments.environment, bot=wiring.bot(repository))
    if not trace.changes:
        # An environment that was given up has a history; one that never was is a slip of the pen.
        environments.check_environment(repository, arguments.environment)
    if arguments.format == "json":
        print(json.dumps(trace.to_plain(), indent=2, ensure_ascii=False))
    else:
        print(format_trace(trace).rstrip())
    return int(ExitCode.DONE if trace.sound else ExitCode.ANSWER_NO)
