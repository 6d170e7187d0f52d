"""``status``: per project and environment, what git wants, what runs, how it is, and where it answers."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlops_gitops.diagnostics import ExitCode

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
    names = (
        [arguments.environment] if arguments.environment else environments.environment_names(wiring.repository(root))
    )
    rows = [row for name in names for row in _rows(root, name, arguments.target)]
    if arguments.format == "json":
        print(json.dumps(rows, indent=2))
    else:
        _table([_COLUMNS, *(_cells(row) for row in rows)])
    bad = any(row["health"] != "healthy" or row["drift"] for row in rows)
    return int(ExitCode.ANSWER_NO if arguments.exit_code and bad else ExitCode.DONE)


def _rows(root: Path, environment: str, target: str | None) -> list[dict[str, Any]]:
    from mlops_gitops import wiring
    from mlops_gitops.usecases.release_file import read_release
    from mlops_gitops.usecases.status import status
    from mlops_gitops.wiring import environments

    repository = wiring.repository(root)
    setting = environments.setting(root, environment, target, repository)
    tree = repository.tree("HEAD")
    rows = []
    for row in status(setting.target, setting.desired, setting.commit, environment=environment, state=setting.state):
        release = read_release(tree, row.project, environment)
        url = setting.target.endpoint(f"{row.project}-serving") if release else None
        rows.append({**asdict(row), "version": release.model.version if release else None, "url": url})
    return rows


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
        row["why"],
    )


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
