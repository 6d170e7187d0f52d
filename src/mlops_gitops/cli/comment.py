"""``comment``: a file's text under the merge request that this CI job runs for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mlops_gitops.diagnostics import ExitCode, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The text, and which of our comments it replaces."""
    parser.add_argument("file", metavar="FILE", help="the text in markdown; `-` reads standard input")
    parser.add_argument("--topic", default="plan", help="our comment of this topic is replaced (default: plan)")


def run(arguments: argparse.Namespace) -> int:
    """Comment, or change our former comment; twice is the same as once."""
    from mlops_gitops.usecases.comment import comment
    from mlops_gitops.wiring import ci

    done = comment(ci.discussion(), _text(arguments.file), arguments.topic)
    how = "said the same as before" if done.same else "replaced the former comment" if done.changed else "commented"
    print(f"{how}: {done.url}")
    return int(ExitCode.DONE)


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError) as error:
        raise UsageError(f"{file} is no text file", why=str(error)) from error
