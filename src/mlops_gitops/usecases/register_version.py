"""Registering the version that a run made: its package into the model store, its record into the registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlops_gitops.pipeline.run_report import StageRun
from mlops_gitops.ports.data_store import DataVersion
from mlops_gitops.ports.tracking import Candidate
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedGate, ReleasedModel
from mlops_gitops.records.stage_result import GateResult
from mlops_gitops.stages.package_manifest import Manifest
from mlops_gitops.usecases.run_services import RunServices


def register_version(
    project: Project,
    package: Path,
    stages: Sequence[StageRun],
    services: RunServices,
    *,
    run: str,
    commit: str,
    data: DataVersion | None = None,
) -> tuple[ReleasedModel, bool]:
    """The registered version, and whether it is new; ``data`` is what the data store records of the source.

    The same content is registered once: its version then still names the run and commit that made it first, while
    the gates are those of today.
    """
    digest = services.models.put(package)
    manifest = Manifest.from_bytes((package / "model.json").read_bytes(), str(package))
    source = f"{project.folder}/{project.contract.source}"
    tags = {
        "data_digest": project.data_digest,
        "data_source": source,
        "code_digest": project.code_digest,
        "config_digest": project.config_digest,
        "environment_digest": digest_of({"python": manifest.python, "libraries": manifest.libraries}),
        "commit": commit,
        **({"data_url": data.url, "data_rev": data.rev} if data else {}),
    }
    released = services.released(project)
    found = services.tracking.register(
        Candidate(project.name, digest, services.models.path(digest), run, tags, released)
    )
    gates = tuple(_released(one.result.stage, gate) for one in stages for gate in one.result.gates)
    model = ReleasedModel(
        version=found.version,
        digest=digest,
        data_digest=found.tags["data_digest"],
        code_digest=found.tags["code_digest"],
        environment_digest=found.tags["environment_digest"],
        config_digest=found.tags["config_digest"],
        run=found.tags["run"],
        trained_at_commit=found.tags["commit"],
        gates=gates,
    )
    return model, not found.existing


def _released(stage: str, gate: GateResult) -> ReleasedGate:
    sign = "≥" if gate.sign == "≥" else "≤"
    return ReleasedGate(stage=stage, name=gate.name, measured=gate.measured, sign=sign, limit=gate.limit)
