"""Every judge as one function: it returns where it agrees, and fails the test with the judge's own words where not.

None of them is of this project: promtool and amtool are Prometheus's, actionlint and hadolint their authors', the
schemas GitLab's, GitHub's and Kubernetes', checkov Prisma Cloud's.  ``docs/judges.md`` says how to call each by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.judges.programs import agrees, go_program, python_program, run
from tests.judges.schemas import VERSIONS, kubernetes_schemas

__all__ = [
    "VERSIONS",
    "actionlint",
    "amtool_check",
    "amtool_routes",
    "dashboards",
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
    pairs = [f"{name}={json.dumps(value)}" for name, value in labels.items()]
    said = agrees(go_program("amtool"), ["config", "routes", "test", f"--config.file={file}", *pairs])
    return tuple(said.strip().split(","))


def dashboards(files: Iterable[Path]) -> str:
    """Grafana dashboards by Grafana's own types, and the expressions of their panels by Prometheus's parser."""
    paths = list(files)
    for path in paths:
        expressions = panel_expressions(json.loads(path.read_text(encoding="utf-8")))
        rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions)]
        groups = json.dumps({"groups": [{"name": "dashboard", "rules": rules}]})
        status, said = run(go_program("promtool"), "check", "rules", stdin=groups)
        assert status == 0, f"{path}\n{said}"
    return agrees(go_program("dashboards"), paths)


def panel_expressions(dashboard: Any) -> list[str]:
    """Every query of a dashboard, with numbers and words where Grafana fills in its variables."""
    if isinstance(dashboard, list):
        return [found for item in dashboard for found in panel_expressions(item)]
    if not isinstance(dashboard, dict):
        return []
    here = [dashboard["expr"]] if isinstance(dashboard.get("expr"), str) else []
    filled = [re.sub(r"\$\{?\w+(:\w+)?\}?", "any", re.sub(r"\$__\w*(interval|range)\w*", "5m", text)) for text in here]
    return filled + [found for value in dashboard.values() for found in panel_expressions(value)]


# --- CI and images ----------------------------------------------------------------------------------------------------


def actionlint(paths: Iterable[Path]) -> str:
    """GitHub workflows: syntax, expressions, action inputs; their scripts by shellcheck."""
    return agrees(go_program("actionlint"), ["-no-color", "-shellcheck", python_program("shellcheck"), *paths])


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
