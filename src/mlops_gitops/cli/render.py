"""``render``: compile ``projects/`` into ``rendered/``, or check that what is committed is what the sources mean."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mlops_gitops.cli.printer import print_findings, progress
from mlops_gitops.diagnostics import ExitCode, Findings

SHOWN = 40
LOCK_TIMEOUT_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Projects, and whether to write."""
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help="only these (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where rendered/ differs")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 on findings, or on a difference with ``--check``."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases import render

    root = wiring.find_root(arguments.root)
    wanted = [wiring.project_of(root, name) for name in arguments.projects]
    if arguments.check:
        return _check(root, wanted)
    with wiring.locks(root).hold("render", "render", LOCK_TIMEOUT_S, progress):
        report = render.render(wiring.work_tree(root), wiring.rendered_tree(root), wanted)
    _warnings(report.compilation.findings, report.compilation.texts, len(report.compilation.names))
    print(f"{len(report.written)} written, {len(report.removed)} removed, {report.unchanged} unchanged in rendered/")
    return int(ExitCode.DONE)


def _check(root: Path, wanted: list[str]) -> int:
    from mlops_gitops import wiring
    from mlops_gitops.usecases import render

    compilation, found = render.check(wiring.work_tree(root), wanted)
    _warnings(compilation.findings, compilation.texts, len(compilation.names))
    for difference in found[:SHOWN]:
        print(f"{difference.path}: {difference.kind.value}")
        if difference.diff:
            print("\n".join(f"    {line}" for line in difference.diff.splitlines()))
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    if not found:
        print(f"rendered/ is what the sources mean: {len(compilation.files)} files")
        return int(ExitCode.DONE)
    noun = "file differs" if len(found) == 1 else "files differ"
    print(f"{len(found)} {noun}. Never edit rendered/: change the source, then run `mlops-gitops render`.")
    return int(ExitCode.ANSWER_NO)


def _warnings(findings: Findings, texts: dict[str, str], projects: int) -> None:
    if findings.warnings:
        print_findings(findings, texts, projects, sys.stderr)
