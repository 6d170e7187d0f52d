"""The project's own pytest tests, in a process of their own, with the coverage of the project's modules.

Starting and waiting are two calls, so that the tests run while other cases are measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.modeltests.suite import Finding

TIMEOUT_S = 240
# Beside the report that is read here, for CI systems that show coverage in a merge request's diff.
COBERTURA = "coverage.xml"
_NOTHING_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class RunningTests:
    """pytest at work; ``process`` is ``None`` where a project has no tests."""

    process: subprocess.Popen[bytes] | None
    junit: Path
    coverage: Path

    def finish(self) -> Finding:
        """Wait for the end and read the reports; without any test the coverage is 0."""
        if self.process is None:
            return _nothing("there is no tests/")
        try:
            exit_code = self.process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return Finding(error=f"the project's tests took longer than {TIMEOUT_S} s")
        if exit_code == _NOTHING_COLLECTED:
            return _nothing("no test was found")
        if not self.junit.is_file():
            return Finding(error=f"pytest ended with {exit_code}; its output stands in the stage's log")
        return _read(self.junit, self.coverage, exit_code)


def start(folder: Path, out: Path) -> RunningTests:
    """Start ``tests/`` of a project's folder; reports go to ``out``, output to this process's own."""
    settings = _settings(out)
    process = None
    if (folder / "tests").is_dir():
        command = [
            *_die_with_this_process(), sys.executable, "-m", "pytest", "tests", "-q",
            "-c", str(settings["ini"]), "--rootdir", str(folder), "-p", "no:cacheprovider",
            f"--junitxml={settings['junit']}", "--cov=.", f"--cov-config={settings['coveragerc']}",
            f"--cov-report=json:{settings['coverage']}", f"--cov-report=xml:{out / COBERTURA}",
        ]  # fmt: skip
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "COVERAGE_FILE": str(out / ".coverage")}
        process = subprocess.Popen(command, cwd=folder, env=environment)
    return RunningTests(process, settings["junit"], settings["coverage"])


def _nothing(said: str) -> Finding:
    return Finding({"tests": 0.0, "tests_failed": 0.0, "coverage": 0.0}, details={"said": said})


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
