"""The project's own pytest tests, in a process of their own, with the coverage of the project's modules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from mlops_gitops.modeltests.suite import Finding

TIMEOUT_S = 240
_NOTHING_COLLECTED = 5


def run(folder: Path, out: Path) -> Finding:
    """Run ``tests/`` of a project's folder; a project without tests has a coverage of 0."""
    if not (folder / "tests").is_dir():
        return Finding({"tests": 0.0, "tests_failed": 0.0, "coverage": 0.0}, details={"said": "there is no tests/"})
    settings = _settings(out)
    command = [
        *_die_with_this_process(), sys.executable, "-m", "pytest", "tests", "-q",
        "-c", str(settings["ini"]), "--rootdir", str(folder), "-p", "no:cacheprovider",
        f"--junitxml={settings['junit']}", "--cov=.", f"--cov-config={settings['coveragerc']}",
        f"--cov-report=json:{settings['coverage']}",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "COVERAGE_FILE": str(out / ".coverage")}
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, timeout=TIMEOUT_S, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(error=f"the project's tests took longer than {TIMEOUT_S} s")
    print(ended.stdout, ended.stderr, flush=True)  # into the stage's log
    if ended.returncode == _NOTHING_COLLECTED or not settings["junit"].is_file():
        tail = (ended.stdout.strip() or ended.stderr.strip()).splitlines()[-1:]
        if ended.returncode == _NOTHING_COLLECTED:
            return Finding({"tests": 0.0, "tests_failed": 0.0, "coverage": 0.0}, details={"said": "no test was found"})
        return Finding(error=f"pytest ended with {ended.returncode}: {' '.join(tail)}")
    return _read(settings["junit"], settings["coverage"], ended.returncode)


def _settings(out: Path) -> dict[str, Path]:
    """Files of settings of our own, so that a surrounding repository's do not leak in."""
    names = {"ini": "pytest.ini", "coveragerc": "coveragerc", "junit": "pytest.xml", "coverage": "coverage.json"}
    paths = {name: out / file for name, file in names.items()}
    paths["ini"].write_text("[pytest]\n", encoding="utf-8")
    paths["coveragerc"].write_text("[run]\nomit = tests/*\n", encoding="utf-8")
    return paths


def _read(junit: Path, coverage: Path, exit_code: int) -> Finding:
    suite = next(ET.parse(junit).getroot().iter("testsuite"))  # noqa: S314 - pytest has just written it
    tests, failed = int(suite.get("tests", 0)), int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    names = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in suite.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]
    if exit_code != 0 and failed == 0:
        return Finding(error=f"pytest ended with {exit_code}")
    covered = json.loads(coverage.read_text(encoding="utf-8"))["totals"]["percent_covered"] / 100
    numbers = {"tests": float(tests), "tests_failed": float(failed), "coverage": float(covered)}
    return Finding(numbers, details={"failed": names})


def _die_with_this_process() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
