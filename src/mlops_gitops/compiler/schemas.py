"""The JSON Schemas of what a team writes, which editors complete and check against, and of what ``validate`` prints."""

from __future__ import annotations

import json
from typing import Any

from mlops_gitops.compiler.keyed_lists import keyed_lists
from mlops_gitops.compiler.platform_defaults import KEY, OF_ONE_PROJECT
from mlops_gitops.compiler.rules.overlays import ONE_FOR_ALL
from mlops_gitops.records.check_report import CheckDocument
from mlops_gitops.records.explain_report import KeyReport, ReportedLine
from mlops_gitops.records.findings_report import FindingsReport
from mlops_gitops.records.plan_report import PlanReport
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.json_schema import Schema, schema_of
from mlops_gitops.spec.layer_schema import embedded, layered, partial
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

FOLDER = "schemas"
_LINE = 100
_OVERLAY = (
    "environments/<environment>.yaml: what differs in one environment",
    "Laid over mlops_config.yaml: sections merge, everything else replaces, `null` takes a value away.",
)
_DEFAULTS = (
    "defaults: what lies below every project's configuration",
    "Defaults for all projects, in the form of a project's configuration; a project's own values stand above them.",
)


def schemas() -> dict[str, Schema]:
    """Each schema by the name of its file."""
    project = layered(
        schema_of(ProjectSpec, "mlops_config.yaml: one machine-learning project"),
        {path: key.name for path, key in keyed_lists().items()},
    )
    overlay, defaults = partial(project, _OVERLAY, ONE_FOR_ALL), partial(project, _DEFAULTS, OF_ONE_PROJECT)
    platform = schema_of(PlatformSpec, "platform.yaml: what the platform team sets for all projects")
    return {
        "mlops_config.schema.json": project,
        "environment.schema.json": overlay,
        "data_contract.schema.json": schema_of(DataContract, "data_contract.yaml: what the source data promises"),
        "platform.schema.json": embedded(platform, KEY, defaults),
        "plan.schema.json": schema_of(PlanReport, "plan --format json: what a change means"),
        "release.schema.json": schema_of(Release, "releases/<environment>.yaml: what an environment serves"),
        "explain.schema.json": schema_of(KeyReport, "explain PROJECT KEY --format json: where a value comes from"),
        "check.schema.json": schema_of(CheckDocument, "render --check --format json: what differs"),
        "explain_line.schema.json": schema_of(ReportedLine, "explain FILE:LINE --format json: what went into a line"),
        "findings.schema.json": schema_of(FindingsReport, "validate --format json: what is wrong"),
    }


def schema_files() -> dict[str, bytes]:
    """The same as files of a repository, by path."""
    return {f"{FOLDER}/{name}": (_folded(schema) + "\n").encode() for name, schema in schemas().items()}


def _folded(value: Schema | list[Any], indent: str = "") -> str:
    """JSON with what fits on a line on one: half as long, and a change is still seen line by line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= _LINE or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(deeper + _folded(item, deeper) for item in value) + f"\n{indent}]"
    entries = (f"{deeper}{json.dumps(key)}: {_folded(item, deeper)}" for key, item in value.items())
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
