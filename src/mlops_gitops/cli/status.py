"""``status``: per project and environment, what git wants, what runs, how it is, and where it answers."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_gitops.cli.printer import progress
from mlops_gitops.diagnostics import ExitCode, RefusedError

if TYPE_CHECKING:
    from mlops_gitops.ports.repository import Repository
    from mlops_gitops.ports.source_tree import SourceTree

_COLUMNS = ("PROJECT", "ENV", "VERSION", "WANTED", "RUNNING", "HEALTH", "DRIFT", "URL", "WHY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All environments that this machine holds, or one."""
    parser.add_argument("--environment", metavar="ENV", help="only this one")
    parser.add_argument("--target", choices=("local", "kubernetes"), help="default: the environment's cluster")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where anything is unhealthy or has drifted")


def run(arguments: argparse.Namespace) -> int:
    """A table, or JSON rows."""
    from mlops_gitops import wiring
    from mlops_gitops.wiring import environments

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    names: tuple[str, ...] = (arguments.environment,)
    if arguments.environment is None:
        names = environments.environment_names(repository, supported=True)
        for left_out in environments.environment_names(repository, supported=False):
            progress(f"{left_out} is not shown: its cluster's kind is not supported yet")
    rows = [row for name in names for row in _rows(root, name, arguments.target, repository)]
    if arguments.format == "json":
        print(json.dumps(rows, indent=2))
    else:
        _table([_COLUMNS, *(_cells(row) for row in rows)])
    bad = any(row["health"] != "healthy" or row["drift"] for row in rows)
    return int(ExitCode.ANSWER_NO if arguments.exit_code and bad else ExitCode.DONE)


def _rows(root: Path, environment: str, target: str | None, repository: Repository) -> list[dict[str, Any]]:
    from mlops_gitops.usecases.status import status
    from mlops_gitops.wiring import environments

    setting = environments.setting(root, environment, target, repository)
    tree = repository.tree(setting.commit)
    rows = []
    for row in status(setting.target, setting.desired, setting.commit, environment=environment, state=setting.state):
        version, trouble = _version(tree, row.project, environment)
        url = setting.target.endpoint(f"{row.project}-serving") if version else None
        rows.append({**asdict(row), "why": row.why or trouble, "version": version, "url": url})
    return rows


def _version(tree: SourceTree, project: str, environment: str) -> tuple[int | None, str]:
    """What is released, or why that cannot be said: one project's damaged file hides no other project."""
    from mlops_gitops.usecases.release_file import read_release

    try:
        release = read_release(tree, project, environment)
    except RefusedError as error:
        return None, f"{error.what}: {error.where}"
    return (release.model.version if release else None), ""


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    version = f"v{row['version']}" if row["version"] else "-"
    commits = (row["wanted"][:7] or "-", row["running"][:7] or "-")
    return (
        row["project"],
        row["environment"],
        version,
        *commits,
        row["health"],
        str(row["drift"]),
        row["url"] or "-",
        _why(row),
    )


def _why(row: dict[str, Any]) -> str:
    """On one line; what was never applied needs no list of what is missing."""
    if not row["running"] and row["health"] == "missing":
        return f"never reconciled: mlops-gitops reconcile --environment {row['environment']}"
    return " ".join(row["why"].split())


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
