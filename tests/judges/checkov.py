"""checkov over everything rendered, and the list of findings that are accepted with a reason.

checkov lives in an environment of its own (``tools/setup.sh judges``), because it pins versions that the product is
past.  It is called without its platform: nothing is fetched and nothing is sent.
"""

from __future__ import annotations

import fnmatch
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.judges.programs import ROOT, TIMEOUT_S, lacks

WAIVERS = Path(__file__).with_name("checkov_waivers.yaml")
FRAMEWORKS = ("kubernetes", "dockerfile", "github_actions", "gitlab_ci")


@dataclass(frozen=True, slots=True)
class Finding:
    """One failed check."""

    check: str
    name: str
    file: str
    resource: str

    def __str__(self) -> str:
        """One line of a failing test."""
        return f"{self.check} {self.name}: {self.resource} in {self.file}"


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings of one check that are accepted, on resources that match a pattern."""

    check: str
    resource: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Is the finding accepted by this?"""
        return finding.check == self.check and fnmatch.fnmatchcase(finding.resource, self.resource)


@dataclass(frozen=True, slots=True)
class Report:
    """What checkov found, and how many checks passed, by framework."""

    failed: tuple[Finding, ...]
    passed: dict[str, int]
    unread: tuple[str, ...]


def waivers() -> list[Waiver]:
    """The committed list."""
    return [Waiver(**entry) for entry in yaml.safe_load(WAIVERS.read_text(encoding="utf-8"))]


def checkov(folder: Path) -> Report:
    """Run checkov over a folder."""
    program = ROOT / ".tools/checkov/bin/checkov"
    if not program.exists():
        lacks("checkov")
    options = ["--framework", *FRAMEWORKS, "--skip-download", "--compact", "--quiet", "--output", "json"]
    done = subprocess.run(
        [str(program), "--directory", str(folder), *options],
        cwd=folder,
        env={**os.environ, "CHECKOV_RENDER_MAX_LEN": "0", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    parts = json.loads(done.stdout)
    parts = [part for part in (parts if isinstance(parts, list) else [parts]) if "check_type" in part]
    failed = [
        Finding(one["check_id"], one["check_name"], one["file_path"], one["resource"])
        for part in parts
        for one in part["results"]["failed_checks"]
    ]
    passed = {part["check_type"]: part["summary"]["passed"] for part in parts}
    unread = [str(one) for part in parts for one in part["results"].get("parsing_errors") or ()]
    return Report(tuple(failed), passed, tuple(unread))
