"""``reconcile``: make an environment hold what HEAD says, once or again whenever HEAD moves."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.cli import error_text
from mlops_gitops.cli.argument_types import duration_s
from mlops_gitops.cli.printer import progress
from mlops_gitops.diagnostics import ExitCode, FindingsError, MlopsError, UsageError

if TYPE_CHECKING:
    from mlops_gitops.ports.repository import Repository
    from mlops_gitops.usecases.reconcile import ReconcileReport

_WATCH_EVERY_S = 5.0
_WATCH_AGAIN_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which environment, on which target, and how."""
    parser.add_argument("--environment", required=True, metavar="ENV")
    parser.add_argument("--target", choices=("local", "kubernetes"), help="default: the environment's cluster")
    parser.add_argument("--project", metavar="P", help="only this project, and what all share")
    parser.add_argument("--watch", action="store_true", help="go on, and follow HEAD (default: once)")
    parser.add_argument("--once", action="store_true", help="once, then end (the default)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for health")
    parser.add_argument(
        "--lock-timeout", type=duration_s, default=60.0, metavar="DURATION",
        help="wait this long for another reconcile (default: 60s)",
    )  # fmt: skip
    parser.add_argument("--exit-code", action="store_true", help="with --dry-run: exit 1 where anything would change")
    parser.add_argument("--stop", action="store_true", help="stop all local processes of the environment instead")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where anything failed or is unhealthy, 4 where it was refused."""
    from mlops_gitops import wiring
    from mlops_gitops.cli import extras

    _check_together(arguments)
    root = wiring.find_root(arguments.root)
    if arguments.stop:
        return _stop(root, arguments.environment)
    if not arguments.dry_run:
        extras.require("run", "reconcile")
    if arguments.watch:
        return _follow(root, arguments)
    return _once(root, arguments, wiring.repository(root))


def _check_together(arguments: argparse.Namespace) -> None:
    """Refuse flags that contradict each other, rather than let one of them win."""
    chosen = [name for name in ("watch", "once", "stop") if getattr(arguments, name)]
    if arguments.dry_run:
        chosen += ["dry-run"] if arguments.watch or arguments.stop else []
    if len(chosen) > 1:
        names = " and ".join(f"--{name}" for name in chosen)
        raise UsageError(f"{names} do not go together", todo="choose one of them")
    if arguments.exit_code and not arguments.dry_run:
        raise UsageError("--exit-code belongs to --dry-run", todo="without it, what failed or is unhealthy exits 1")


def _stop(root: Path, environment: str) -> int:
    from mlops_gitops.wiring import environments

    if environments.stop(root, environment):
        print(f"nothing runs in {environment} any more; a reconcile starts it again")
    else:
        print(f"nothing was ever started in {environment} on this machine")
    return int(ExitCode.DONE)


def _follow(root: Path, arguments: argparse.Namespace) -> int:
    """Reconcile whenever HEAD moves, until interrupted: what cannot be applied is told, and the next commit awaited."""
    from mlops_gitops import wiring
    from mlops_gitops.wiring import environments

    repository = wiring.repository(root)
    # What is wrong with the command itself ends it.
    environments.check_environment(repository, arguments.environment)
    seen = ""
    while True:
        pause_s = _WATCH_EVERY_S
        try:
            head = repository.head()
            if head != seen:
                _once(root, arguments, repository)
            seen = head
        except FindingsError as error:
            error_text.report(error, sys.stderr)
            seen = head
        except MlopsError as error:
            # A lock, a disk: the same commit is tried again.
            error_text.report(error, sys.stderr)
            pause_s = _WATCH_AGAIN_S
        time.sleep(pause_s)


def _once(root: Path, arguments: argparse.Namespace, repository: Repository) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.usecases.reconcile import ReconcileOptions, reconcile
    from mlops_gitops.wiring import environments

    setting = environments.setting(root, arguments.environment, arguments.target, repository)
    environments.check_project(setting, arguments.project)
    subject = repository.commit(setting.commit).subject
    progress(f"commit {setting.commit[:7]} ({subject})  {setting.name} on {setting.target.name}")
    report = reconcile(
        setting.target,
        setting.desired,
        setting.commit,
        environment=setting.name,
        state=setting.state,
        locks=wiring.locks(root),
        say=lambda text: progress(f"  {text}"),
        options=ReconcileOptions(
            project=arguments.project,
            dry_run=arguments.dry_run,
            wait=not arguments.no_wait,
            lock_timeout_s=arguments.lock_timeout,
        ),
    )
    _show(report, arguments.format)
    if report.dry_run:
        return int(ExitCode.ANSWER_NO if arguments.exit_code and report.would_change else ExitCode.DONE)
    return int(ExitCode.DONE if report.healthy or arguments.no_wait else ExitCode.ANSWER_NO)


def _show(report: ReconcileReport, form: str) -> None:
    if form == "json":
        print(json.dumps(_plain(report), indent=2))
        return
    for change in report.changes:
        if report.dry_run and change.outcome.value != "unchanged":
            print(f"  would be {change.outcome.value}: {change.key}" + (f" ({change.why})" if change.why else ""))
        elif not change.good:
            health = change.health.why if change.health else ""
            print(f"  ✗ {change.key}: {change.outcome.value}, {change.why or health}")
    print(f"{'would be: ' if report.dry_run else ''}{report.summary}")


def _plain(report: ReconcileReport) -> dict[str, object]:
    return {
        "environment": report.environment,
        "commit": report.commit,
        "dry_run": report.dry_run,
        "changes": [
            {
                "kind": change.key.kind,
                "name": change.key.name,
                "namespace": change.key.namespace,
                "project": change.project,
                "outcome": change.outcome.value,
                "why": change.why,
                "health": change.health.state.value if change.health else None,
            }
            for change in report.changes
        ],
    }
