"""A unit's data as frozen models: the spec of each environment, the data contract, the releases, the whole project.

Findings are appended to ``found``; what could not be built is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlops_gitops.compiler import inputs
from mlops_gitops.compiler.build_spec import build
from mlops_gitops.compiler.nulls import left_blank
from mlops_gitops.compiler.partial_spec import PartialSpec, build_partly
from mlops_gitops.compiler.pointers import data_digest
from mlops_gitops.compiler.project_fits import canary_goes_on, contract_fits, release_fits
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.project import ProjectSpec

if TYPE_CHECKING:
    from mlops_gitops.records.project import Project
    from mlops_gitops.records.release import Release

Specs = tuple[dict[str, ProjectSpec], dict[str, PartialSpec[ProjectSpec]]]


def specs(unit: Unit, found: list[Diagnostic]) -> Specs:
    """One spec an environment, and what can be read of those that are none; without an overlay it is the project's."""
    built, partial = dict[str, ProjectSpec](), dict[str, PartialSpec[ProjectSpec]]()
    config = f"{inputs.PROJECTS}/{unit.name}/{inputs.CONFIG}"
    for name, layer in unit.layers.items():
        if name and layer.data is unit.layers[""].data:
            built |= {name: built[""]} if "" in built else {}
            partial |= {name: partial[""]} if "" in partial else {}
            continue
        spec, problems = build(ProjectSpec, layer.data, layer.spans, config)
        found.extend(problems)
        blank = _blank(unit, name)
        if spec and not blank:
            built[name] = spec
        elif some := build_partly(ProjectSpec, layer.data, blank):
            partial[name] = some
    return built, partial


def _blank(unit: Unit, name: str) -> tuple[Path, ...]:
    """The keys without a value in the files of a layer; each is an error already."""
    assert unit.inputs is not None
    sources = (unit.inputs.config, unit.inputs.overlays.get(name))
    return tuple(path for source in sources if source for path in left_blank(source.layer))


def contract(unit: Unit, found: list[Diagnostic]) -> DataContract | None:
    """The data contract, held against itself."""
    source = unit.inputs.contract if unit.inputs else None
    if source is None or source.data is None:
        return None
    built, problems = build(DataContract, source.data, source.spans, source.file)
    found.extend(problems)
    if built:
        found.extend(contract_fits(built, source))
    return built


def releases(unit: Unit, found: list[Diagnostic]) -> dict[str, Release]:
    """The release of each environment that has one."""
    if unit.inputs is None or not unit.inputs.releases:
        return {}
    from mlops_gitops.records.release import Release

    built = dict[str, Release]()
    for name, source in unit.inputs.releases.items():
        if source.data is None:
            continue
        release, problems = build(Release, source.data, source.spans, source.file)
        found.extend(problems)
        if release:
            found.extend(release_fits(release, (unit.name, name), source))
            if spec := unit.specs.get(name):
                found.extend(until_unknown(_canary(unit, name, release, spec)))
            built[name] = release
    return built


def _canary(unit: Unit, name: str, release: Release, spec: ProjectSpec) -> Iterator[Diagnostic]:
    assert unit.inputs is not None
    local = unit.platform.clusters[unit.platform.environments[name].cluster].kind == "local"
    yield from canary_goes_on(release, spec.stack.choice("serving", local=local), unit.inputs.releases[name])


def project(unit: Unit) -> Project:
    """All of it as the targets see it; the unit has no errors."""
    from mlops_gitops.records.project import Environment, Project

    assert unit.inputs is not None
    assert unit.contract is not None, "a unit without a contract has an error, and stops"
    environments = tuple(
        Environment(name, settings, unit.platform.clusters[settings.cluster], unit.specs[name], unit.releases.get(name))
        for name, settings in unit.platform.environments.items()
    )
    return Project(
        name=unit.name,
        spec=unit.specs[""],
        contract=unit.contract,
        platform=unit.platform,
        environments=environments,
        data_digest=data_digest(unit.inputs.pointer),
        code_digest=unit.inputs.code_digest,
        manifests={name: one.data for name, one in unit.inputs.manifests.items() if isinstance(one.data, dict)},
        packages=tuple(unit.inputs.requirements),
    )
