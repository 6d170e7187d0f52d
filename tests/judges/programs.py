"""The judges' programs: where they are, and what to do where one is not to be had.

A test that lacks its judge says which, and how to get it.  Elsewhere it is skipped; in CI it fails, because a judge
that never speaks would look like one that agrees.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from tools.go_programs import PROGRAM_SETS, SETS

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300


def lacks(what: str, remedy: str = "make judges") -> NoReturn:
    """Stop the test: skipped on a developer's machine, failed in CI."""
    reason = f"{what} is missing: {remedy}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def go_program(name: str) -> Path:
    """A program built from its Go module by ``make judges``."""
    path = SETS[PROGRAM_SETS[name]].program(name)
    return path if path.exists() else lacks(name)


def python_program(name: str) -> Path:
    """A program of the test environment."""
    path = Path(sys.executable).with_name(name)
    return path if path.exists() else lacks(name, "tools/setup.sh test")


def run(program: Path, *arguments: str | Path, cwd: Path | None = None, stdin: str = "") -> tuple[int, str]:
    """Exit status, and all that the program said."""
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return done.returncode, done.stdout + done.stderr


def agrees(program: Path, arguments: Sequence[str | Path], cwd: Path | None = None) -> str:
    """Run a judge that must agree; what it said is the failure's text."""
    status, said = run(program, *arguments, cwd=cwd)
    assert status == 0, f"{program.name} {' '.join(map(str, arguments))}\n{said}"
    return said
