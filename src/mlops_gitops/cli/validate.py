"""``validate``: every finding of every project at once."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from mlops_gitops.cli.printer import print_findings
from mlops_gitops.diagnostics import Diagnostic, ExitCode, Findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Projects by name or by any file of theirs."""
    parser.add_argument("projects", nargs="*", metavar="PROJECT|FILE", help="only these (default: all)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how findings are shown")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 on errors, 0 on warnings or none."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases.validate import validate

    root = wiring.find_root(arguments.root)
    wanted = [wiring.project_of(root, name) for name in arguments.projects]
    compilation = validate(wiring.work_tree(root), wanted)
    looked_at = len(set(wanted)) or len(compilation.names)
    if arguments.format == "json":
        print(json.dumps({"projects": looked_at, "findings": _plain(compilation.findings)}, indent=2))
    elif compilation.findings.diagnostics:
        print_findings(compilation.findings, compilation.texts, looked_at, sys.stdout)
    else:
        print(f"no findings in {looked_at} project{'' if looked_at == 1 else 's'}.")
    return int(ExitCode.ANSWER_NO if compilation.findings.errors else ExitCode.DONE)


def _plain(findings: Findings) -> list[dict[str, Any]]:
    return [_plain_one(diagnostic) for diagnostic in findings.diagnostics]


def _plain_one(found: Diagnostic) -> dict[str, Any]:
    span = found.span
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "file": span.file if span else found.file,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_column": span.end_column if span else None,
        "help": found.help,
        "related": list(found.related),
    }
