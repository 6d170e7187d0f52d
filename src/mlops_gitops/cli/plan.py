"""``plan``: what the step from a base revision to the work tree (or another revision) means."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.plan.change import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two sides, and the form."""
    parser.add_argument("--base", metavar="REV", default="HEAD", help="compare with this revision (default: HEAD)")
    parser.add_argument("--head", metavar="REV", help="the changed side (default: the work tree)")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="how it is shown")
    parser.add_argument("--live", action="store_true", help="ask the Kubernetes clusters for a dry run as well")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where anything would change")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where the change breaks a policy, or with ``--exit-code`` where anything would change; else 0."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases.plan import plan

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    base = repository.tree(arguments.base)
    head = repository.tree(arguments.head) if arguments.head else wiring.work_tree(root)
    clusters = None
    if arguments.live:
        from mlops_gitops.cli.extras import require
        from mlops_gitops.wiring.clusters import dry_runs

        require("cluster", "plan --live")
        clusters = dry_runs(root, head)
    names = arguments.base, arguments.head or "work tree"
    messages = [one.message for one in repository.between(arguments.base, arguments.head or "HEAD")]
    result = plan(base, head, names, clusters, messages)
    print(_FORMATS[arguments.format](result))
    refused = any(one.severity == "error" for one in result.new_findings)
    no = refused or (arguments.exit_code and not result.empty)
    return int(ExitCode.ANSWER_NO if no else ExitCode.DONE)


def _text(plan: Plan) -> str:
    from mlops_gitops.plan.text import as_text

    return as_text(plan)


def _markdown(plan: Plan) -> str:
    from mlops_gitops.plan.markdown import as_markdown

    return as_markdown(plan)


def _json(plan: Plan) -> str:
    from mlops_gitops.plan.report import as_report

    return as_report(plan).model_dump_json(indent=2)


_FORMATS: Mapping[str, Callable[[Plan], str]] = {"text": _text, "markdown": _markdown, "json": _json}
