"""The request file: all that a stage's process is told, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_gitops.pipeline.stage import Services, StageInput
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release, ReleasedModel
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import Cluster, EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stages import StageName


@dataclass(frozen=True, slots=True)
class StageRequest:
    """One stage to run. ``parent_pid``: the process with which this one shall end."""

    stage: StageName
    given: StageInput
    parent_pid: int

    def to_bytes(self) -> bytes:
        """The request file; services are not part of it."""
        given = self.given
        plain = {
            "stage": self.stage.value,
            "parent_pid": self.parent_pid,
            "root": str(given.root),
            "project": _project_to_plain(given.project),
            "inputs": {name: str(path) for name, path in given.inputs.items()},
            "out": str(given.out),
            "implicit": given.implicit,
            "environment": given.environment,
            "release": given.release.model_dump(mode="json") if given.release else None,
        }
        return json.dumps(plain, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, content: bytes, services: Services) -> StageRequest:
        """The reverse of ``to_bytes``; raises ``KeyError``/``ValueError`` on anything else."""
        plain = json.loads(content)
        given = StageInput(
            root=Path(plain["root"]),
            project=_project_from_plain(plain["project"]),
            inputs={name: Path(path) for name, path in plain["inputs"].items()},
            out=Path(plain["out"]),
            implicit=plain["implicit"],
            environment=plain["environment"],
            release=ReleasedModel.model_validate(plain["release"]) if plain["release"] else None,
            services=services,
        )
        return cls(StageName(plain["stage"]), given, plain["parent_pid"])


def _project_to_plain(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "spec": project.spec.model_dump(mode="json"),
        "contract": project.contract.model_dump(mode="json"),
        "platform": project.platform.model_dump(mode="json"),
        "data_digest": project.data_digest,
        "code_digest": project.code_digest,
        "environments": [
            {
                "name": one.name,
                "settings": one.settings.model_dump(mode="json"),
                "cluster": one.cluster.model_dump(mode="json"),
                "spec": one.spec.model_dump(mode="json"),
                "release": one.release.model_dump(mode="json") if one.release else None,
            }
            for one in project.environments
        ],
    }


def _project_from_plain(plain: dict[str, Any]) -> Project:
    environments = tuple(
        Environment(
            name=one["name"],
            settings=EnvironmentSettings.model_validate(one["settings"]),
            cluster=Cluster.model_validate(one["cluster"]),
            spec=ProjectSpec.model_validate(one["spec"]),
            release=Release.model_validate(one["release"]) if one["release"] else None,
        )
        for one in plain["environments"]
    )
    return Project(
        name=plain["name"],
        spec=ProjectSpec.model_validate(plain["spec"]),
        contract=DataContract.model_validate(plain["contract"]),
        platform=PlatformSpec.model_validate(plain["platform"]),
        environments=environments,
        data_digest=plain["data_digest"],
        code_digest=plain["code_digest"],
    )
