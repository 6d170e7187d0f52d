"""The JSON Schemas of what a team writes, which editors complete and check against, and of what ``validate`` prints."""

from __future__ import annotations

import json

from mlops_gitops.compiler.rules.overlays import ONE_FOR_ALL
from mlops_gitops.records.findings_report import FindingsReport
from mlops_gitops.records.plan_report import PlanReport
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.json_schema import Schema, partial, schema_of
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

FOLDER = "schemas"
_OVERLAY = (
    "environments/<environment>.yaml: what differs in one environment",
    "Laid over mlops_config.yaml: sections merge, everything else replaces, `null` takes a value away.",
)


def schemas() -> dict[str, Schema]:
    """Each schema by the name of its file."""
    project = schema_of(ProjectSpec, "mlops_config.yaml: one machine-learning project")
    overlay = partial(project, _OVERLAY, ONE_FOR_ALL)
    return {
        "mlops_config.schema.json": project,
        "environment.schema.json": overlay,
        "data_contract.schema.json": schema_of(DataContract, "data_contract.yaml: what the source data promises"),
        "platform.schema.json": schema_of(PlatformSpec, "platform.yaml: what the platform team sets for all projects"),
        "plan.schema.json": schema_of(PlanReport, "plan --format json: what a change means"),
        "release.schema.json": schema_of(Release, "releases/<environment>.yaml: what an environment serves"),
        "findings.schema.json": schema_of(FindingsReport, "validate --format json: what is wrong"),
    }


def schema_files() -> dict[str, bytes]:
    """The same as files of a repository, by path."""
    return {
        f"{FOLDER}/{name}": (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
        for name, schema in schemas().items()
    }
