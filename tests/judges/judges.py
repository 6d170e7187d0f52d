"""Every judge as one function: it returns where it agrees, and fails the test with the judge's own words where not.

None of them is of this project: promtool and amtool are Prometheus's, actionlint and hadolint their authors', the
schemas GitLab's, GitHub's and Kubernetes', checkov Prisma Cloud's.  ``docs/judges.md`` says how to call each by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.judges.programs import agrees, go_program, python_program
from tests.judges.schemas import VERSIONS, kubernetes_schemas

__all__ = [
    "VERSIONS",
    "actionlint",
    "amtool_check",
    "amtool_routes",
    "gitlab_schema",
    "hadolint",
    "kubernetes_schemas",
    "promtool_check",
    "promtool_test",
    "workflow_schema",
]


# --- Prometheus -------------------------------------------------------------------------------------------------------


def promtool_check(files: Iterable[Path]) -> str:
    """Rule files as Prometheus loads them; a rule that stands twice, or a lint finding, is an error too."""
    return agrees(go_program("promtool"), ["check", "rules", "--lint=all", "--lint-fatal", *files])


def promtool_test(files: Iterable[Path]) -> str:
    """Unit tests of rules (``rule_files``, ``tests``), run against Prometheus's own engine."""
    return agrees(go_program("promtool"), ["test", "rules", *files])


def amtool_check(files: Iterable[Path]) -> str:
    """Alertmanager configurations."""
    return agrees(go_program("amtool"), ["check-config", *files])


def amtool_routes(file: Path, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The receivers that an alert with these labels reaches."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    said = agrees(go_program("amtool"), ["config", "routes", "test", f"--config.file={file}", *pairs])
    return tuple(said.strip().split(","))


# --- CI and images ----------------------------------------------------------------------------------------------------


def actionlint(paths: Iterable[Path]) -> str:
    """GitHub workflows: syntax, expressions, action inputs, shell scripts where shellcheck is at hand."""
    return agrees(go_program("actionlint"), ["-no-color", *paths])


def gitlab_schema(paths: Iterable[Path]) -> str:
    """GitLab's published schema of CI files."""
    return agrees(Path(sys.executable), ["-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", *paths])


def workflow_schema(paths: Iterable[Path]) -> str:
    """GitHub's published schema of workflows."""
    schema = "vendor.github-workflows"
    return agrees(Path(sys.executable), ["-m", "check_jsonschema", "--builtin-schema", schema, *paths])


def hadolint(path: Path) -> str:
    """A Dockerfile; every finding counts, those of style too."""
    return agrees(python_program("hadolint"), ["--no-color", "--failure-threshold", "style", path])
