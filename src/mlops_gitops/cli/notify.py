"""``notify``: how a pipeline ended, to the channels of the project's ``alerting``."""

from __future__ import annotations

import argparse
import os

from mlops_gitops.diagnostics import ExitCode, UsageError

_URL = "MLOPS_ALERTMANAGER_URL"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose pipeline, how it ended, and through which Alertmanager."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("--status", choices=("failed", "passed"), required=True, help="how it ended")
    parser.add_argument("--alertmanager", metavar="URL", help=f"through this Alertmanager (default: {_URL})")
    parser.add_argument("--dry-run", action="store_true", help="say who would be told, and tell nobody")


def run(arguments: argparse.Namespace) -> int:
    """Tell, and say who was told."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases.notify import Ended, RunEnd, notify
    from mlops_gitops.wiring import ci

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    project = wiring.committed_project(repository, wiring.project_of(root, arguments.project))
    end = RunEnd(Ended(arguments.status), repository.head(), ci.run_url(), ci.now())
    if arguments.dry_run:
        print(f"would tell: {', '.join(project.spec.alerting.channels) or 'nobody'}")
        return int(ExitCode.DONE)
    url = arguments.alertmanager or os.environ.get(_URL, "")
    if not url:
        raise UsageError(
            "nobody was told: no Alertmanager is named",
            todo=f"set the variable {_URL}, or name one with --alertmanager",
        )
    told = notify(project, end, ci.alert_sink(url))
    print(f"told: {', '.join(told)}")
    return int(ExitCode.DONE)
