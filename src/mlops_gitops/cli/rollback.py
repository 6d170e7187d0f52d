"""``rollback``: the former version again, as one commit; a reconcile then serves it."""

from __future__ import annotations

import argparse

from mlops_gitops.cli.argument_types import version_number
from mlops_gitops.cli.next_step import after_release
from mlops_gitops.diagnostics import ExitCode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, and to what."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("--environment", required=True, metavar="ENV")
    parser.add_argument(
        "--to", metavar="VERSION|REV", help="a version (2 or v2) or a revision (default: the one before)"
    )
    parser.add_argument("--reason", default="", help="why, for the commit's text")


def run(arguments: argparse.Namespace) -> int:
    """Make the commit; twice is the same as once."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
    from mlops_gitops.usecases.rollback import RollBackOrder, rollback

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    environment = wiring.environment_of(wiring.committed_project(repository, arguments.project), arguments.environment)
    order = RollBackOrder(
        arguments.project,
        arguments.environment,
        to=_version_or_rev(arguments.to),
        reason=arguments.reason,
        steps=environment.canary_steps,
    )
    outcome = rollback(repository, rendered_differences, release_yaml, order, repository.person())
    print(outcome.message)
    print(after_release(repository, arguments.environment))
    return int(ExitCode.DONE)


def _version_or_rev(text: str | None) -> int | str | None:
    number = version_number(text) if text is not None else None
    return text if number is None else number
