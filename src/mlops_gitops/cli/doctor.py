"""``doctor``: what this machine has, what it lacks, and which verbs need it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.cli.extras import EXTRAS, missing
from mlops_gitops.diagnostics import ExitCode

_NEEDED_BY = {
    "run": "run, stage, reconcile, detect, monitor, demo",
    "keras": "projects with training.framework keras",
    "cluster": "reconcile --target kubernetes",
}
_ROOM_GB = 2


@dataclass(frozen=True)
class Check:
    """One line; ``needed`` marks what every use lacks without it."""

    name: str
    good: bool
    text: str
    needed: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where something is missing that every use needs."""
    checks = tuple(_checks(arguments.root))
    for check in checks:
        mark = "✓" if check.good else ("✗" if check.needed else "–")
        print(f"{mark} {check.name:<12} {check.text}")
    return int(ExitCode.ANSWER_NO if any(check.needed and not check.good for check in checks) else ExitCode.DONE)


def _checks(root: Path | None) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)", needed=True)
    yield _git()
    yield from (_extra(name) for name in EXTRAS)
    free_gb = shutil.disk_usage(_nearest(root or Path.cwd())).free / 1e9
    yield Check("disk", free_gb > _ROOM_GB, f"{free_gb:.0f} GB free (runs and models need about {_ROOM_GB} GB)")
    yield Check("processors", True, f"{os.cpu_count()}")
    yield _repository(root)


def _extra(name: str) -> Check:
    lacking = missing(name)
    if not lacking:
        return Check(name, True, f"extra {name}: all there")
    needed, install = f"needed by {_NEEDED_BY[name]}", f"pip install 'mlops-gitops[{name}]'"
    return Check(name, False, f"extra {name}: without {', '.join(lacking)}; {needed}: {install}")


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _git() -> Check:
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return Check("git", False, "not found: apt-get install git", needed=True)
    return Check("git", True, done.stdout.strip(), needed=True)


def _repository(root: Path | None) -> Check:
    from mlops_gitops import wiring
    from mlops_gitops.diagnostics import UsageError

    try:
        return Check("repository", True, str(wiring.find_root(root)))
    except UsageError as error:
        return Check("repository", False, f"{error.what}; {error.todo}")
