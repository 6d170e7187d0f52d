"""An error as a person reads it: where, what, why, and what to do."""

from __future__ import annotations

import contextlib
from typing import TextIO

from mlops_gitops.cli.visible import visible
from mlops_gitops.diagnostics import FindingsError, MlopsError


def report(error: MlopsError, stream: TextIO) -> None:
    """Write it, findings with the lines that they point at; where nobody reads any more, the exit code has to do."""
    with contextlib.suppress(BrokenPipeError):
        _write(error, stream)
        stream.flush()


def _write(error: MlopsError, stream: TextIO) -> None:
    if isinstance(error, FindingsError):
        from mlops_gitops.cli.printer import print_findings

        print_findings(error.findings, error.texts, error.projects, stream)
        return
    where = f"{error.where}: " if error.where else ""
    print(f"{visible(where)}error: {visible(error.what)}", file=stream)
    if error.why:
        print(f"  why: {_indented(error.why)}", file=stream)
    if error.todo:
        print(f"  do:  {_indented(error.todo)}", file=stream)


def _indented(text: str) -> str:
    return "\n       ".join(map(visible, text.splitlines()))
