"""``validate``: every finding of every project at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.cli.argument_types import at_least_one
from mlops_gitops.cli.formats import LIMITS, report_of, tell
from mlops_gitops.diagnostics import ExitCode, UsageError

if TYPE_CHECKING:
    from mlops_gitops.ports.source_tree import SourceTree

_STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Projects by name or by any file of theirs, and how findings are told."""
    what = "only these projects, or those that these files are of (default: all); - reads one file from standard input"
    parser.add_argument("wanted", nargs="*", metavar="PROJECT|FILE|-", help=what)
    parser.add_argument("--stdin-filename", metavar="FILE", help="with -: the file that standard input stands for")
    parser.add_argument("--format", choices=tuple(LIMITS), default="text", help="how findings are told")
    parser.add_argument("--limit", metavar="N", type=at_least_one, help="show at most N findings and count the others")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 on errors, 0 on warnings or none."""
    from mlops_gitops import wiring

    root = wiring.find_root(arguments.root)
    listed = wiring.work_tree_soon(root, wiring.PROJECTS, wiring.GITHUB)
    from mlops_gitops.usecases.validate import validate

    words, tree = arguments.wanted, listed()
    if _STDIN in words or arguments.stdin_filename is not None:
        words, tree = _from_stdin(root, words, arguments.stdin_filename, tree)
    wanted = wiring.projects_of(root, words)
    compilation = validate(tree, wanted)
    limit = arguments.limit or LIMITS[arguments.format]
    projects = len(wanted) or len(compilation.names)
    below = wiring.git_prefix(root)
    tell(report_of(compilation.findings, compilation.texts, projects, limit, below), arguments.format, sys.stdout)
    return int(ExitCode.ANSWER_NO if compilation.findings.errors else ExitCode.DONE)


def _from_stdin(root: Path, words: list[str], name: str | None, tree: SourceTree) -> tuple[list[str], SourceTree]:
    """The words that name the file's project, and the tree with standard input in the file's place."""
    from mlops_gitops import wiring
    from mlops_gitops.compiler.yaml_text import MAX_BYTES
    from mlops_gitops.records.overlay_tree import OverlayTree

    if name is None:
        raise UsageError("`-` reads standard input, and nothing says what it is", todo="add --stdin-filename FILE")
    if words != [_STDIN]:
        raise UsageError(
            "--stdin-filename is for `-`, and `-` stands alone", todo=f"validate - --stdin-filename {name}"
        )
    path = wiring.source_path(root, name)
    # One byte more than is read is enough to say that it is too long.
    text = sys.stdin.buffer.read(MAX_BYTES + 1)
    return [] if path == wiring.PLATFORM else [path.split("/")[1]], OverlayTree(tree, {path: text})
