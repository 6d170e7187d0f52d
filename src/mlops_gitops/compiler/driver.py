"""The whole compiler, read top to bottom: the passes over one project, then what is one for the repository.

A pass takes a unit (one project on its way through) and gives back a fuller one.  A unit stops before the first pass
that it lacks something for; all other projects go on, so that one run shows every project's findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from mlops_gitops.compiler import inputs, provenance
from mlops_gitops.compiler.build_spec import build
from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.inputs import Inputs, project_names
from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.compiler.targets import ENVIRONMENT_TARGETS, PROJECT_TARGETS, REPOSITORY_TARGETS
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import DNS_LABEL


@dataclass(frozen=True, slots=True)
class Unit:
    """One project on its way through the passes."""

    name: str
    tree: SourceTree
    platform: PlatformSpec
    inputs: Inputs | None = None
    layers: dict[str, Layered] = field(default_factory=dict)
    """Merged data by environment; the empty name is the project without an overlay."""
    specs: dict[str, ProjectSpec] = field(default_factory=dict)
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
    specs, found = _specs(unit)
    contract, problems = _contract(unit)
    found.extend(problems)
    releases, problems = _releases(unit)
    found.extend(problems)
    found.extend(_name_fits(unit, specs))
    # A place that the reader already complained about is not complained about again.
    told = {problem.span for problem in unit.found if problem.span}
    found = [problem for problem in found if problem.span not in told]
    unit = replace(unit, specs=specs, found=(*unit.found, *found))
    if contract is None or Findings(unit.found).errors:
        return unit
    return replace(unit, project=_project(unit, contract, releases))


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
    project = unit.project
    assert project is not None
    artifacts = [artifact for target in PROJECT_TARGETS for artifact in target(project)]
    for environment in project.environments:
        artifacts.extend(artifact for target in ENVIRONMENT_TARGETS for artifact in target(project, environment))
    return replace(unit, artifacts=tuple(artifacts))


def write(unit: Unit) -> Unit:
    """Artifacts to bytes, and the provenance of them all."""
    assert unit.project is not None
    assert unit.inputs is not None
    source = f"{unit.project.folder}/"
    files = {artifact.path: emit(artifact, source) for artifact in unit.artifacts}
    data = {one.file: one.data for one in (*unit.inputs.sources(), unit.platform_source)}
    record = provenance.of_project(unit.project, data, files)
    return replace(unit, files={**files, record.path: emit(record, source)})


PASSES: tuple[Callable[[Unit], Unit], ...] = (read, merge, build_spec, check_rules, render_targets, write)


def compile_tree(tree: SourceTree, only: Iterable[str] = ()) -> Compilation:
    """Compile the projects of a tree (or those named in ``only``, without the repository's own files)."""
    platform, source, found = _platform(tree)
    names = project_names(tree)
    texts = {source.file: source.text} if source else {}
    if platform is None:
        return Compilation(None, (), {}, Findings.of(found), texts, names)
    wanted = tuple(only)
    units = [_through_passes(Unit(name, tree, platform)) for name in names if not wanted or name in wanted]
    found.extend(problem for unit in units for problem in unit.found)
    texts |= {one.file: one.text for unit in units if unit.inputs for one in unit.inputs.sources()}
    projects = tuple(unit.project for unit in units if unit.project)
    files = {path: content for unit in units for path, content in unit.files.items()}
    findings = Findings.of(found)
    if not wanted and not findings.errors:
        artifacts = (artifact for target in REPOSITORY_TARGETS for artifact in target(platform, projects))
        files |= {artifact.path: emit(artifact, "projects/") for artifact in artifacts}
    return Compilation(platform, projects, files, findings, texts, names)


def compile_platform(tree: SourceTree) -> tuple[PlatformSpec | None, Findings, dict[str, str]]:
    """The platform's settings alone, with what was found in them and their text."""
    platform, source, found = _platform(tree)
    return platform, Findings.of(found), {source.file: source.text} if source else {}


def _through_passes(unit: Unit) -> Unit:
    for step in PASSES:
        unit = step(unit)
        if _stops(unit, step):
            return unit
    return unit


def _stops(unit: Unit, done: Callable[[Unit], Unit]) -> bool:
    """Unreadable text stops at once; other findings of a file join those of its spec, and rules need a whole spec."""
    if done in (read, merge):
        config = unit.inputs.config if unit.inputs else None
        return config is None or config.data is None
    return bool(Findings(unit.found).errors)


def _platform(tree: SourceTree) -> tuple[PlatformSpec | None, Source | None, list[Diagnostic]]:
    content = tree.read(inputs.PLATFORM)
    if content is None:
        todo = "the platform team sets environments and clusters there; `mlops-gitops init` writes a first one"
        missing = Diagnostic(inputs.MISSING, f"missing file `{inputs.PLATFORM}`", file=inputs.PLATFORM, help=todo)
        return None, None, [missing]
    source = read_source(inputs.PLATFORM, content)
    if source.diagnostics:
        return None, source, list(source.diagnostics)
    platform, found = build(PlatformSpec, source.data, source.spans, inputs.PLATFORM)
    problems = list(found)
    for name, settings in platform.environments.items() if platform else ():
        assert platform is not None
        if settings.cluster not in platform.clusters:
            span = source.spans.value(("environments", name, "cluster"))
            legal = ", ".join(platform.clusters)
            problems.append(
                Diagnostic("MG112", f"environment `{name}` has no cluster `{settings.cluster}`", span, help=legal)
            )
    return (None if problems else platform), source, problems


def _contract(unit: Unit) -> tuple[DataContract | None, tuple[Diagnostic, ...]]:
    source = unit.inputs.contract if unit.inputs else None
    if source is None:
        return None, ()
    contract, found = build(DataContract, source.data, source.spans, source.file)
    if contract is None:
        return None, found
    return contract, tuple(_contract_fits(contract, source))


def _contract_fits(contract: DataContract, source: Source) -> Iterator[Diagnostic]:
    """The label, the time and the groups are columns that exist."""
    names = {column.name for column in contract.columns}
    wanted = [("label", contract.label), *(("groups", group) for group in contract.groups)]
    if contract.time:
        wanted.append(("time", contract.time))
    for key, name in wanted:
        if name not in names:
            span = source.spans.value((key,))
            yield Diagnostic("MG113", f"{key} `{name}` is not a column of the contract", span, file=source.file)


def _releases(unit: Unit) -> tuple[dict[str, Release], tuple[Diagnostic, ...]]:
    releases, found = dict[str, Release](), list[Diagnostic]()
    for name, source in (unit.inputs.releases if unit.inputs else {}).items():
        release, problems = build(Release, source.data, source.spans, source.file)
        found.extend(problems)
        if release:
            releases[name] = release
    return releases, tuple(found)


def _name_fits(unit: Unit, specs: dict[str, ProjectSpec]) -> Iterator[Diagnostic]:
    """The folder names the project; a written name must say the same."""
    folder = f"{inputs.PROJECTS}/{unit.name}"
    if not DNS_LABEL.fullmatch(unit.name):
        todo = "rename the folder: lower-case letters, digits and '-', at most 63"
        yield Diagnostic("MG114", f"`{unit.name}` cannot be a project's name", file=folder, help=todo)
    written = specs[""].project.name if "" in specs else None
    if written and written != unit.name:
        span = unit.layers[""].spans.value(("project", "name"))
        todo = f"rename the folder to projects/{written}, or drop project.name"
        yield Diagnostic("MG114", f"project.name `{written}` differs from its folder `{unit.name}`", span, help=todo)


def _project(unit: Unit, contract: DataContract, releases: dict[str, Release]) -> Project:
    assert unit.inputs is not None
    environments = tuple(
        Environment(name, settings, unit.platform.clusters[settings.cluster], unit.specs[name], releases.get(name))
        for name, settings in unit.platform.environments.items()
    )
    return Project(
        name=unit.name,
        spec=unit.specs[""],
        contract=contract,
        platform=unit.platform,
        environments=environments,
        data_digest=inputs.data_digest(unit.inputs.pointer),
        code_digest=unit.inputs.code_digest,
    )


def _paths(data: Plain, prefix: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            path = f"{prefix}.{key}" if prefix else str(key)
            yield path
            yield from _paths(value, path)
