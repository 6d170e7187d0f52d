"""``demo``: one change, all the way through, in a scratch repository on this machine.

The demo is a user of the command line: every step is a command that is shown before it runs, and whatever it prints
was measured there and then.  It ends by stopping every process that it started, however it ends.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.cli.demo_steps import Told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the scratch repository goes, and whether what runs is left running."""
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the scratch repository (made anew each time)")
    parser.add_argument("--keep", action="store_true", help="leave the served model running at the end")


def run(arguments: argparse.Namespace) -> int:
    """Run all steps; exit with the first failing step's code."""
    from mlops_gitops.cli.demo_scratch import Scratch, scratch_folder
    from mlops_gitops.cli.demo_steps import STEPS, Told

    folder = arguments.folder or scratch_folder(arguments.root)
    _interrupt_on_signals()
    scratch = Scratch(folder.resolve())
    started = time.monotonic()
    told = Told()
    try:
        scratch.make()
        for number, step in enumerate(STEPS, start=1):
            begun = time.monotonic()
            print(f"\n── {number}/{len(STEPS)} {step.title} {'─' * max(4, 76 - len(step.title))}", flush=True)
            step.act(scratch, told)
            told.timed(step.title, time.monotonic() - begun)
        page = scratch.report(told)
    except BaseException:
        scratch.stop()
        raise
    if not arguments.keep:
        scratch.stop()
    _close(told, page, time.monotonic() - started, kept=arguments.keep)
    return int(ExitCode.DONE)


def _close(told: Told, page: Path, seconds: float, *, kept: bool) -> None:
    print(f"\n── shown, in {seconds:.0f} s {'─' * 60}")
    for line in told.lines():
        print(f"  {line}")
    print(f"\nreport: {page}")
    print(f"repository: {page.parent}  (git log --oneline)")
    if kept:
        print("still running; stop it with: mlops-gitops reconcile --environment staging --stop")
    sys.stdout.flush()


def _interrupt_on_signals() -> None:
    """A terminal that closes and a polite kill clean up as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
