"""``render``: compile ``projects/`` into ``rendered/``, or check that what is committed is what the sources mean."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from mlops_gitops.cli.printer import print_findings, progress
from mlops_gitops.diagnostics import ExitCode, Findings, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mlops_gitops.usecases.render import CheckReport

SHOWN = 40
LOCK_TIMEOUT_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Projects, and whether to write."""
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help="only these (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where rendered/ differs")
    what = "read every file, trust and keep nothing from one run to the next"
    parser.add_argument("--no-cache", action="store_true", help=what)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="with --check: how it is told")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 on findings, or on a difference with ``--check``."""
    from mlops_gitops import wiring

    if arguments.format != "text" and not arguments.check:
        raise UsageError("--format is for --check", todo="add --check, or drop --format")
    root = wiring.find_root(arguments.root)
    wanted = [wiring.project_of(root, name) for name in arguments.projects]
    cached = not arguments.no_cache
    if arguments.check:
        return _check(root, wanted, arguments.format, cached=cached)
    return _render(root, wanted, cached=cached)


def _render(root: Path, wanted: list[str], *, cached: bool) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.usecases.render import render

    with wiring.render_lock(root, "render", LOCK_TIMEOUT_S, progress):
        tree = wiring.work_tree(root)
        memory = wiring.render_memory(root, tree) if cached else None
        report = render(tree, wiring.rendered_tree(root), wanted, wiring.workers(), memory)
    _warnings(report.findings, report.texts, report.projects)
    print(f"{len(report.written)} written, {len(report.removed)} removed, {report.unchanged} unchanged in rendered/")
    return int(ExitCode.DONE)


def _check(root: Path, wanted: list[str], form: str, *, cached: bool) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.usecases.render import check

    with wiring.undisturbed(root, "render --check", LOCK_TIMEOUT_S, progress):
        tree = wiring.work_tree(root)
        memory = wiring.render_memory(root, tree) if cached else None
        report = check(tree, wanted, wiring.workers(), memory)
    _warnings(report.findings, report.texts, report.projects)
    print(_json(report) if form == "json" else "\n".join(_text(report)))
    return int(ExitCode.ANSWER_NO if report.differences else ExitCode.DONE)


def _json(report: CheckReport) -> str:
    """As ``schemas/check.schema.json`` says."""
    found = [{"path": one.path, "kind": one.kind.name.lower(), "diff": one.diff} for one in report.differences]
    return json.dumps({"files": report.files, "differences": found}, indent=2)


def _text(report: CheckReport) -> list[str]:
    found, lines = report.differences, list[str]()
    for one in found[:SHOWN]:
        lines.append(f"{one.path}: {one.kind.value}")
        lines.extend(f"    {line}" for line in one.diff.splitlines())
    if len(found) > SHOWN:
        lines.append(f"… and {len(found) - SHOWN} more")
    if not found:
        return [f"rendered/ is what the sources mean: {report.files} files"]
    noun = "file differs" if len(found) == 1 else "files differ"
    return [*lines, f"{len(found)} {noun}. Never edit rendered/: change the source, then run `mlops-gitops render`."]


def _warnings(findings: Findings, texts: Mapping[str, str], projects: int) -> None:
    if findings.warnings:
        print_findings(findings, texts, projects, sys.stderr)
