"""The whole compiler, read top to bottom: the passes over one project, then what is one for the repository.

A pass takes a unit (one project on its way through) and gives back a fuller one.  A unit stops before the first pass
that it lacks something for; all other projects go on, so that one run shows every project's findings.  Where the
platform's own file is broken, the projects are still looked through, as far as the specs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from mlops_gitops.compiler import inputs, provenance
from mlops_gitops.compiler.build_spec import build
from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.inputs import Inputs, project_names
from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.paths import written_paths
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.project_fits import contract_fits, name_fits, release_fits
from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.targets import ENVIRONMENT_TARGETS, PROJECT_TARGETS, REPOSITORY_TARGETS
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec


@dataclass(frozen=True, slots=True)
class Unit:
    """One project on its way through the passes."""

    name: str
    tree: SourceTree
    platform: PlatformSpec
    platform_data: Plain = None
    inputs: Inputs | None = None
    layers: dict[str, Layered] = field(default_factory=dict)
    """Merged data by environment; the empty name is the project without an overlay."""
    specs: dict[str, ProjectSpec] = field(default_factory=dict)
    contract: DataContract | None = None
    releases: dict[str, Release] = field(default_factory=dict)
    project: Project | None = None
    artifacts: tuple[Artifact, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    found: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a tree compiles to: projects, files by path, every finding, and the texts that findings point into."""

    platform: PlatformSpec | None
    projects: tuple[Project, ...]
    files: dict[str, bytes]
    findings: Findings
    texts: dict[str, str]
    names: tuple[str, ...]
    """All projects that the tree has, compiled or not."""

    def project(self, name: str) -> Project | None:
        """A project by name."""
        return next((project for project in self.projects if project.name == name), None)


def read(unit: Unit) -> Unit:
    """Text to data."""
    found = inputs.read_inputs(unit.tree, unit.name, unit.platform.environments)
    return replace(unit, inputs=found, found=found.diagnostics)


def merge(unit: Unit) -> Unit:
    """Each environment's overlay over the project's configuration."""
    assert unit.inputs is not None
    assert unit.inputs.config is not None
    config, overlays = unit.inputs.config, unit.inputs.overlays
    layers = {"": overlay(config, None)}
    layers |= {name: overlay(config, overlays.get(name)) for name in unit.platform.environments}
    return replace(unit, layers=layers)


def build_spec(unit: Unit) -> Unit:
    """Data to frozen models: the spec of each environment, the contract, the releases."""
    found = list[Diagnostic]()
    unit = replace(unit, specs=_specs(unit, found), contract=_contract(unit, found), releases=_releases(unit, found))
    assert unit.inputs is not None
    spec = unit.specs.get("")
    found.extend(name_fits(unit.name, spec, unit.layers[""].spans))
    # A place that the reader already complained about is not complained about again.
    told = {problem.span for problem in unit.found if problem.span}
    return replace(unit, found=(*unit.found, *(problem for problem in found if problem.span not in told)))


def check_rules(unit: Unit) -> Unit:
    """Cross-field rules on the project's spec, and on each environment's where an overlay changes it."""
    found = list[Diagnostic]()
    for name, spec in unit.specs.items():
        if name and spec is unit.specs.get(""):
            continue
        layer = unit.layers[name]
        written = frozenset(written_paths(layer.data))
        subject = Subject(unit.name, name, spec, unit.platform, layer.spans, written, unit.contract)
        found.extend(problem for rule in RULES for problem in rule.check(subject))
    return replace(unit, found=(*unit.found, *found))


def render_targets(unit: Unit) -> Unit:
    """The project as artifacts, target by target."""
    project = _project(unit)
    artifacts = [artifact for target in PROJECT_TARGETS for artifact in target(project)]
    for environment in project.environments:
        artifacts.extend(artifact for target in ENVIRONMENT_TARGETS for artifact in target(project, environment))
    return replace(unit, project=project, artifacts=tuple(artifacts))


def write(unit: Unit) -> Unit:
    """Artifacts to bytes, and the provenance of them all."""
    assert unit.project is not None
    assert unit.inputs is not None
    files = {artifact.path: emit(artifact, f"{unit.project.folder}/") for artifact in unit.artifacts}
    data = {one.file: one.data for one in unit.inputs.sources()} | {inputs.PLATFORM: unit.platform_data}
    record = provenance.of_project(unit.project, data, files)
    return replace(unit, files={**files, record.path: emit(record, "")})


PASSES: tuple[Callable[[Unit], Unit], ...] = (read, merge, build_spec, check_rules, render_targets, write)
# What can be done without a whole platform: rules may speak of what it sets.
_PASSES_WITHOUT_PLATFORM = PASSES[:3]


def compile_tree(tree: SourceTree, only: Iterable[str] = ()) -> Compilation:
    """Compile the projects of a tree (or those named in ``only``, without the repository's own files)."""
    platform, names, wanted = read_platform(tree), project_names(tree), tuple(only)
    passes = PASSES if platform.spec else _PASSES_WITHOUT_PLATFORM
    spec, data = platform.spec or platform.stand_in(), platform.source.data if platform.source else None
    units = [_through(Unit(name, tree, spec, data), passes) for name in names if not wanted or name in wanted]
    findings = Findings.of((*platform.diagnostics, *(problem for unit in units for problem in unit.found)))
    sources = (one for unit in units if unit.inputs for one in unit.inputs.sources())
    texts = {one.file: one.text for one in (*((platform.source,) if platform.source else ()), *sources)}
    projects = tuple(unit.project for unit in units if unit.project)
    files = {path: content for unit in units for path, content in unit.files.items()}
    if not wanted and not findings.errors:
        files |= _repository_files(spec, data, projects)
    return Compilation(platform.spec, projects, files, findings, texts, names)


def compile_platform(tree: SourceTree) -> tuple[PlatformSpec | None, Findings, dict[str, str]]:
    """The platform's settings alone, for verbs that need no project; with its findings and their text."""
    platform = read_platform(tree)
    texts = {platform.source.file: platform.source.text} if platform.source else {}
    return platform.spec, Findings.of(platform.diagnostics), texts


def _through(unit: Unit, passes: Iterable[Callable[[Unit], Unit]]) -> Unit:
    for step in passes:
        unit = step(unit)
        if _stops(unit, step):
            return unit
    return unit


def _stops(unit: Unit, done: Callable[[Unit], Unit]) -> bool:
    """Unreadable text stops at once; rules need a spec, whatever else was found; errors stop before rendering."""
    if done in (read, merge):
        config = unit.inputs.config if unit.inputs else None
        return config is None or config.data is None
    return done is check_rules and bool(Findings(unit.found).errors)


def _repository_files(platform: PlatformSpec, data: Plain, projects: tuple[Project, ...]) -> dict[str, bytes]:
    artifacts = (artifact for target in REPOSITORY_TARGETS for artifact in target(platform, projects))
    files = {artifact.path: emit(artifact, f"{inputs.PROJECTS}/") for artifact in artifacts}
    record = provenance.of_platform(data, projects, files)
    return {**files, record.path: emit(record, "")}


def _specs(unit: Unit, found: list[Diagnostic]) -> dict[str, ProjectSpec]:
    specs = dict[str, ProjectSpec]()
    config = f"{inputs.PROJECTS}/{unit.name}/{inputs.CONFIG}"
    for name, layer in unit.layers.items():
        if name and layer.data is unit.layers[""].data:
            if "" in specs:
                specs[name] = specs[""]
            continue
        spec, problems = build(ProjectSpec, layer.data, layer.spans, config)
        found.extend(problems)
        if spec:
            specs[name] = spec
    return specs


def _contract(unit: Unit, found: list[Diagnostic]) -> DataContract | None:
    source = unit.inputs.contract if unit.inputs else None
    if source is None or source.data is None:
        return None
    contract, problems = build(DataContract, source.data, source.spans, source.file)
    found.extend(problems)
    if contract:
        found.extend(contract_fits(contract, source))
    return contract


def _releases(unit: Unit, found: list[Diagnostic]) -> dict[str, Release]:
    releases = dict[str, Release]()
    for name, source in (unit.inputs.releases if unit.inputs else {}).items():
        if source.data is None:
            continue
        release, problems = build(Release, source.data, source.spans, source.file)
        found.extend(problems)
        if release:
            found.extend(release_fits(release, (unit.name, name), source))
            releases[name] = release
    return releases


def _project(unit: Unit) -> Project:
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
        data_digest=inputs.data_digest(unit.inputs.pointer),
        code_digest=unit.inputs.code_digest,
    )
