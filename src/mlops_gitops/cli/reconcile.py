"""``reconcile``: make an environment hold what HEAD says, once or again whenever HEAD moves."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.cli.printer import progress
from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.usecases.reconcile import ReconcileReport

_WATCH_EVERY_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which environment, on which target, and how."""
    parser.add_argument("--environment", required=True, metavar="ENV")
    parser.add_argument("--target", choices=("local", "kubernetes"), help="default: the environment's cluster")
    parser.add_argument("--project", metavar="P", help="only this project")
    parser.add_argument("--watch", action="store_true", help="go on, and follow HEAD (default: once)")
    parser.add_argument("--once", action="store_true", help="once, then end (the default)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for health")
    parser.add_argument("--lock-timeout", default="60s", help="wait this long for another reconcile (default: 60s)")
    parser.add_argument("--exit-code", action="store_true", help="with --dry-run: exit 1 where anything would change")
    parser.add_argument("--stop", action="store_true", help="stop all local processes of the environment instead")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where anything failed or is unhealthy, 4 where it was refused."""
    from mlops_gitops import wiring
    from mlops_gitops.wiring import environments

    root = wiring.find_root(arguments.root)
    if arguments.stop:
        environments.setting(root, arguments.environment, arguments.target).target.stop_all()
        print(f"stopped what ran in {arguments.environment}; a reconcile starts it again")
        return int(ExitCode.DONE)
    code = _once(root, arguments)
    seen = wiring.repository(root).head()
    while arguments.watch:
        time.sleep(_WATCH_EVERY_S)
        head = wiring.repository(root).head()
        if head != seen:
            seen = head
            code = _once(root, arguments)
    return code


def _once(root: Path, arguments: argparse.Namespace) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.spec.scalars import parse_duration
    from mlops_gitops.usecases.reconcile import ReconcileOptions, reconcile
    from mlops_gitops.wiring import environments

    repository = wiring.repository(root)
    setting = environments.setting(root, arguments.environment, arguments.target, repository)
    subject = repository.commit(setting.commit).subject
    progress(f"commit {setting.commit[:7]} ({subject})  {setting.name} on {setting.target.name}")
    options = ReconcileOptions(
        project=arguments.project,
        dry_run=arguments.dry_run,
        wait=not arguments.no_wait,
        lock_timeout_s=parse_duration(arguments.lock_timeout).total_seconds(),
    )
    report = reconcile(
        setting.target,
        setting.desired,
        setting.commit,
        environment=setting.name,
        state=setting.state,
        locks=wiring.locks(root),
        say=lambda text: progress(f"  {text}"),
        options=options,
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
